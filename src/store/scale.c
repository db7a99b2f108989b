/* Putting a value on the scale of its benchmark: the one place that says what is a fraction, and
 * what can be a value and what can't. */
#include "scale.h"

#include <math.h>

/* The scale of a benchmark of which nothing is known yet is that of the value. */
static void take_scale(struct registry_entry *entry, enum score_scale scale)
{
	if (!isnan(entry->lower) || !isnan(entry->upper))
		return;
	if (!isnan(entry->low))
		scale = entry->low >= -1 && entry->high <= 1 ? SCALE_FRACTION : SCALE_PERCENT;
	entry->lower = entry->low < 0 ? (scale == SCALE_PERCENT ? -100 : -1) : 0;
	entry->upper = scale == SCALE_PERCENT ? 100 : 1;
}

/* The scale of a value: where its table has none, what all values of the table on the
 * benchmark say. */
static enum score_scale read_scale(const struct registry_entry *entry, const struct score_facts *facts)
{
	if (facts->scale != SCALE_OWN || !facts->survey)
		return facts->scale;
	const struct survey_range *bulk = survey_bulk(facts->survey);
	if (survey_says_fractions(facts->survey))
		return SCALE_FRACTION;
	if (entry->upper == 1 && bulk->least >= entry->lower && bulk->most > 1.5 && bulk->most <= 100)
		return SCALE_PERCENT;
	return SCALE_OWN;
}

/* How a fraction or percentage becomes a value on the benchmark's scale. */
struct conversion {
	double offset, factor;
};
static struct conversion find_conversion(struct registry_entry *entry, enum score_scale scale)
{
	double whole = scale == SCALE_PERCENT ? 100 : 1;

	if (scale == SCALE_OWN)
		return (struct conversion){0, 1};
	take_scale(entry, scale);
	/* Without an upper end there is no whole: the value is on its own scale. */
	if (!isfinite(entry->upper) || entry->upper <= 0)
		return (struct conversion){0, 1};
	if (entry->lower > 0)
		return (struct conversion){entry->lower, (entry->upper - entry->lower) / whole};
	return (struct conversion){0, entry->upper / whole};
}

/* While a scale is only guessed, what the other values are says what can be one: those of
 * the table, and those that the cache has. */
static enum status check_guessed(const struct registry_entry *entry, const struct score_facts *facts,
				 enum score_scale scale, struct error *error)
{
	if (!facts->survey || isinf(entry->upper))
		return STATUS_OK;
	struct value_survey together = *facts->survey;
	if (scale == SCALE_OWN)
		survey_add_range(&together, entry->known_count, entry->known_low, entry->known_high);
	if (!survey_is_wild(&together, facts->value))
		return STATUS_OK;
	const struct survey_range *bulk = survey_bulk(&together);
	return error_set(error, STATUS_DATA, "the %s value %g is far from all others, which are from %g to %g; if it is"
			 " right, say \"stemma benchmarks describe %s --upper open\" before", entry->key,
			 facts->value, bulk->least, bulk->most, entry->key);
}

/* A bound that real values cross is the nominal end of a scale, no limit; but nothing
 * lies further out than the scale is wide.  What is only guessed, values may change. */
static enum status check_range(const struct registry_entry *entry, const struct score_facts *facts,
			       double value, struct error *error)
{
	double width = entry->upper - entry->lower;

	if ((entry->guessed && facts->scale == SCALE_OWN) || !isfinite(width))
		return STATUS_OK;
	if (value >= entry->lower - width && value <= entry->upper + width)
		return STATUS_OK;
	return error_set(error, STATUS_DATA, "the %s value %g cannot be on its scale of %g to %g", entry->key,
			 facts->value, entry->lower, entry->upper);
}

enum status score_check(struct registry_entry *entry, const struct score_facts *facts, struct scaled *scaled,
			struct error *error)
{
	enum score_scale scale = read_scale(entry, facts);
	bool guessed = entry->guessed && facts->scale == SCALE_OWN;

	if (!score_is_sound(facts->value))
		return error_set(error, STATUS_DATA, "the %s value %g is no score: it is past %g", entry->key, facts->value,
				 SCORE_SIZE_MAX);
	if (guessed && check_guessed(entry, facts, scale, error) != STATUS_OK)
		return STATUS_DATA;
	struct conversion conversion = find_conversion(entry, scale);
	if (scale != facts->scale && conversion.factor != 1)
		entry->taken = scale;
	scaled->value = conversion.offset + conversion.factor * facts->value;
	/* Without spread among its questions a result says nothing of its error. */
	scaled->error = facts->error > 0 && isfinite(facts->error) ? fabs(conversion.factor) * facts->error
								    : (double)NAN;
	return check_range(entry, facts, scaled->value, error);
}

void score_count(struct registry_entry *entry, double value)
{
	entry->low = fmin(entry->low, value);
	entry->high = fmax(entry->high, value);
}
