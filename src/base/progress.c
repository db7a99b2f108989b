#include "stemma/base/progress.h"

#include <stddef.h>

bool progress_step(struct progress *progress, const char *stage, double fraction)
{
	if (!progress)
		return true;
	if (atomic_load(&progress->cancelled))
		return false;
	if (progress->report)
		progress->report(progress->context, stage, fraction);
	/* The report may have learnt that it should stop. */
	return !atomic_load(&progress->cancelled);
}

void progress_cancel(struct progress *progress)
{
	atomic_store(&progress->cancelled, true);
}

bool progress_cancelled(const struct progress *progress)
{
	for (; progress; progress = progress->whole)
		if (atomic_load(&progress->cancelled))
			return true;
	return false;
}

static void report_part(void *context, const char *stage, double fraction)
{
	struct progress_part *part = context;
	double reached = part->from + (part->to - part->from) * (fraction < 1 ? fraction : 1);

	if (reached > part->reached)
		part->reached = reached;
	if (!progress_step(part->whole, stage, part->reached))
		progress_cancel(&part->progress);
}

struct progress *progress_begin_part(struct progress_part *part, struct progress *whole,
				     double from, double to)
{
	*part = (struct progress_part){.whole = whole, .from = from, .to = to, .reached = from};
	part->progress.report = report_part;
	part->progress.context = part;
	part->progress.whole = whole;
	return whole ? &part->progress : NULL;
}
