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
	return true;
}

void progress_cancel(struct progress *progress)
{
	atomic_store(&progress->cancelled, true);
}
