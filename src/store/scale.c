/* Putting a value on the scale of its benchmark: the one place that says what can be a
 * value and what can't. */
#include "scale.h"

#include <math.h>

/* The scale of a benchmark of which nothing is known yet is that of the value. */
static void take_scale(struct registry_entry *entry, enum score_scale scale)
{
	if (!isnan(entry->lower) || !isnan(entry->upper))
		return;
	if (entry->unscaled > 0 && entry->low >= -1 && entry->high <= 1)
		scale = SCALE_FRACTION;
	else if (entry->unscaled > 0)
		scale = SCALE_PERCENT;
	entry->lower = entry->low < 0 ? (scale == SCALE_PERCENT ? -100 : -1) : 0;
	entry->upper = scale == SCALE_PERCENT ? 100 : 1;
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
	struct conversion conversion = find_conversion(entry, facts->scale);

	scaled->value = conversion.offset + conversion.factor * facts->value;
	/* Without spread among its questions a result says nothing of its error. */
	scaled->error = facts->error > 0 && isfinite(facts->error) ? fabs(conversion.factor) * facts->error
								    : (double)NAN;
	return check_range(entry, facts, scaled->value, error);
}

void score_count(struct registry *registry, struct registry_entry *entry, const struct score_facts *facts,
		 double value)
{
	entry->low = fmin(entry->low, value);
	entry->high = fmax(entry->high, value);
	if (facts->scale != SCALE_OWN)
		return;
	entry->unscaled++;
	entry->fractional = entry->fractional && fabs(value) <= 1;
	entry->uneven = entry->uneven || value != floor(value);
	registry->percents = registry->percents || (fabs(value) > 1 && entry->upper == 100);
}

bool score_is_doubtful(const struct registry_entry *entry, const struct score_facts *facts, double value)
{
	if (facts->scale != SCALE_OWN || entry->added)
		return false;
	if (entry->upper == 100)
		return entry->fractional && fabs(value) <= 1;
	return entry->guessed && entry->upper == 1;
}
