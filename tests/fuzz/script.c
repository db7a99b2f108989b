/* A key script as a user would write it. */
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *script = fuzz_text(data, size);

	world_browse(script);
	free(script);
	return 0;
}
