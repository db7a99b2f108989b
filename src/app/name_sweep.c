/* Finding a part in all names at once: a block of bytes at a time is compared
 * with the first two letters, in a loop that compilers turn into vector
 * instructions, and only where both are met the rest is looked at. */
#include "catalog.h"

#include <string.h>

#include "stemma/base/parallel.h"

#define BLOCK CATALOG_NAMES_SPARE

/* A byte fits when it is `code` once `fold` is set in it. */
struct letter {
	uint8_t fold, code;
};

static struct letter letter_of(char character)
{
	uint8_t code = (uint8_t)character, small = code | 0x20;

	return small >= 'a' && small <= 'z' ? (struct letter){0x20, small} : (struct letter){0, code};
}

static bool letter_fits(struct letter letter, char byte)
{
	return ((uint8_t)byte | letter.fold) == letter.code;
}

static void flag_block(const uint8_t *restrict bytes, struct letter first, struct letter second,
		       uint8_t *restrict flags)
{
	for (size_t i = 0; i < BLOCK; i++)
		flags[i] = (uint8_t)(((bytes[i] | first.fold) == first.code) &
				     ((bytes[i + 1] | second.fold) == second.code));
}

/* The next flag from a place on, BLOCK when there is none. */
static size_t next_flag(const uint8_t *flags, size_t place)
{
	while (place < BLOCK && place % sizeof(uint64_t) != 0) {
		if (flags[place])
			return place;
		place++;
	}
	for (; place < BLOCK; place += sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, flags + place, sizeof word);
		if (word == 0)
			continue;
		while (!flags[place])
			place++;
		return place;
	}
	return BLOCK;
}

static bool rest_fits(const char *rest, const char *bytes)
{
	for (; *rest; rest++, bytes++)
		if (!letter_fits(letter_of(*rest), *bytes))
			return false;
	return true;
}

struct sweep {
	const struct catalog *catalog;
	const char *part;
	uint8_t *contains;
	size_t parts;
};

/* The models from one on to before another. */
static void sweep_models(const struct sweep *sweep, size_t model, size_t last)
{
	static const struct letter any = {0xFF, 0xFF};
	const char *part = sweep->part, *names = sweep->catalog->names;
	struct letter first = letter_of(part[0]), second = part[1] ? letter_of(part[1]) : any;
	const size_t *start = sweep->catalog->name_start, end = start[last];
	uint8_t flags[BLOCK];
	size_t next = 0; /* where to look on */

	for (size_t block = start[model]; block < end; block += BLOCK) {
		flag_block((const uint8_t *)names + block, first, second, flags);
		for (size_t at = next > block ? next - block : 0; (at = next_flag(flags, at)) < BLOCK;) {
			size_t place = block + at;
			at++;
			if (part[1] && !rest_fits(part + 2, names + place + 2))
				continue;
			if (place >= end)
				break;
			while (start[model + 1] <= place)
				model++;
			sweep->contains[model] = 1;
			next = start[model + 1];
			at = next - block;
		}
	}
}

static void sweep_part(void *context, size_t part)
{
	const struct sweep *sweep = context;
	size_t count = sweep->catalog->count;

	sweep_models(sweep, parallel_begin(count, part, sweep->parts), parallel_begin(count, part + 1, sweep->parts));
}

void names_sweep(const struct catalog *catalog, size_t parts, const char *part, uint8_t *contains)
{
	struct sweep sweep = {catalog, part, contains, parts};

	memset(contains, part[0] == '\0', catalog->count);
	if (part[0])
		parallel_run(parts, sweep_part, &sweep);
}

void catalog_names_with(const struct catalog *catalog, const char *part, uint8_t *contains)
{
	names_sweep(catalog, parallel_parts(catalog->count), part, contains);
}
