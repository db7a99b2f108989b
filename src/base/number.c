#include "stemma/base/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool number_read(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end || strchr(text, '-'))
		return false;
	*number = value;
	return true;
}
