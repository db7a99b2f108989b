/* Runs a target over the files that are named: what a fuzzer found stays found,
 * with any compiler.  Prints how many there were. */
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>

#include "stemma/base/text.h"

static int replay(const char *path)
{
	struct text bytes = {0};
	char block[4096];
	ssize_t got;
	int file = open(path, O_RDONLY);

	if (file < 0) {
		perror(path);
		return 1;
	}
	while ((got = read(file, block, sizeof block)) > 0)
		text_append_bytes(&bytes, block, (size_t)got);
	close(file);
	fprintf(stderr, "%s\n", path); /* the last one named is to blame */
	LLVMFuzzerTestOneInput((const uint8_t *)text_string(&bytes), bytes.length);
	text_free(&bytes);
	return got < 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return failed;
}
