#include "kept_fit.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

static void keep(void *context, const struct store_fit *fit)
{
	struct kept_fit *kept = context;

	kept->settings = memory_string(fit->settings);
	kept->data_version = fit->data_version;
	kept->state = memory_allocate(fit->state_bytes, 1);
	kept->state_bytes = fit->state_bytes;
	if (fit->state_bytes > 0)
		memcpy(kept->state, fit->state, fit->state_bytes);
}

enum status kept_fit_get(struct store *store, const char *prior, struct kept_fit *kept,
			 struct error *error)
{
	*kept = (struct kept_fit){0};
	return store_get_fit(store, prior, keep, kept, error);
}

void kept_fit_free(struct kept_fit *kept)
{
	free(kept->settings);
	free(kept->state);
	*kept = (struct kept_fit){0};
}

bool kept_fit_is_of(const struct kept_fit *kept, int64_t data_version, const char *settings)
{
	return kept->settings && kept->data_version == data_version && strcmp(kept->settings, settings) == 0;
}

enum status kept_fit_put(struct store *store, const struct kept_fit *kept, const struct store_fit *fit,
			 struct error *error)
{
	struct error problem = {0};

	if (kept_fit_is_of(kept, fit->data_version, fit->settings) && kept->state_bytes == fit->state_bytes &&
	    memcmp(kept->state, fit->state, fit->state_bytes) == 0)
		return STATUS_OK;
	return kept_status(store_put_fit(store, fit, &problem), &problem, error);
}

enum status kept_status(enum status status, const struct error *problem, struct error *error)
{
	if (status == STATUS_BUSY || status == STATUS_IO)
		return STATUS_OK;
	if (status != STATUS_OK && error && error->status == STATUS_OK)
		*error = *problem;
	return status;
}
