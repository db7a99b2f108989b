/* A file as it is given to `stemma import`: packed or not, of any format. */
#include "fuzz.h"

#include <unistd.h>

#include "stemma/formats/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = {0};
	enum format format;
	char path[FUZZ_PATH];
	int file = fuzz_file(data, size, path);

	fuzz_check_failure(reader_read(path, &fuzz_sink, &format, &error), &error);
	FUZZ_CHECK(format < FORMAT_COUNT);
	close(file);
	return 0;
}
