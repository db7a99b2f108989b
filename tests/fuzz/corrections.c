/* The user's corrections. */
#include "fuzz.h"

#include "stemma/formats/corrections.h"

static enum status add(void *context, const struct edge_facts *edge, struct error *error)
{
	(void)context, (void)error;
	FUZZ_CHECK(edge->child[0] && edge->parent[0] && edge->trust == TRUST_CORRECTION);
	return STATUS_OK;
}

static enum status drop(void *context, const struct drop_facts *facts, struct error *error)
{
	(void)context, (void)error;
	FUZZ_CHECK(facts->child[0]);
	return STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct corrections_sink sink = {.add = add, .drop = drop};
	struct error error = {0};
	char *text = fuzz_copy(data, size);

	fuzz_check_failure(corrections_read(text, size, "corrections.yaml", &sink, &error), &error);
	free(text);
	return 0;
}
