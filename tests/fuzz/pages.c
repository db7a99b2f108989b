/* The cache file itself.  The first byte says how it comes about: r the bytes
 * that follow, t a true cache cut short, else a true cache with edits (three
 * bytes of place, one of length, the bytes). */
#include "world.h"

static const char *edited(const uint8_t *data, size_t size)
{
	size_t whole;
	const uint8_t *bytes = world_bytes(&whole);
	char *copy = fuzz_edit(bytes, whole, data, size);
	const char *path = world_put(copy, whole);

	free(copy);
	return path;
}

static const char *cut(const uint8_t *data, size_t size)
{
	size_t whole, length = 0;
	const uint8_t *bytes = world_bytes(&whole);

	for (size_t i = 0; i < size && i < 3; i++)
		length = length << 8 | data[i];
	return world_put(bytes, length % whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t whole;

	world_bytes(&whole);
	if (size == 0)
		world_use(world_put(data, 0));
	else if (data[0] == 'r')
		world_use(world_put(data + 1, size - 1));
	else if (data[0] == 't')
		world_use(cut(data + 1, size - 1));
	else
		world_use(edited(data + 1, size - 1));
	return 0;
}
