#include "stemma/app/licences.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum licence_class licence_class(const char *licence)
{
	/* A beginning stands for all that begin so; the first that fits counts. */
	static const struct {
		const char *begin;
		enum licence_class class;
	} known[] = {
		{"cc-by-nc", LICENCE_NONCOMMERCIAL}, {"cc-by-sa", LICENCE_SHARE_ALIKE},
		{"cc-by-nd", LICENCE_OWN_TERMS}, {"cc-by", LICENCE_PERMISSIVE}, {"cc0", LICENCE_PERMISSIVE},
		{"apache", LICENCE_PERMISSIVE}, {"mit", LICENCE_PERMISSIVE},
		{"bsd", LICENCE_PERMISSIVE}, {"unlicense", LICENCE_PERMISSIVE}, {"wtfpl", LICENCE_PERMISSIVE},
		{"artistic", LICENCE_PERMISSIVE}, {"isc", LICENCE_PERMISSIVE}, {"zlib", LICENCE_PERMISSIVE},
		{"gpl", LICENCE_SHARE_ALIKE}, {"agpl", LICENCE_SHARE_ALIKE}, {"lgpl", LICENCE_SHARE_ALIKE},
		{"llama", LICENCE_OWN_TERMS}, {"gemma", LICENCE_OWN_TERMS}, {"qwen", LICENCE_OWN_TERMS},
		{"deepseek", LICENCE_OWN_TERMS}, {"tongyi-qianwen", LICENCE_OWN_TERMS},
		{"falcon", LICENCE_OWN_TERMS},
		{"apple-amlr", LICENCE_NONCOMMERCIAL}, {"fair-noncommercial", LICENCE_NONCOMMERCIAL},
		{"intel-research", LICENCE_NONCOMMERCIAL}, {"mrl", LICENCE_NONCOMMERCIAL},
	};

	for (size_t i = 0; licence && i < sizeof known / sizeof *known; i++)
		if (strncasecmp(licence, known[i].begin, strlen(known[i].begin)) == 0)
			return known[i].class;
	return LICENCE_UNKNOWN;
}

unsigned licence_conflicts(unsigned classes)
{
	const unsigned limits = LICENCE_BIT(NONCOMMERCIAL) | LICENCE_BIT(OWN_TERMS);

	return (classes & LICENCE_BIT(SHARE_ALIKE) ? limits : 0) |
	       (classes & limits ? LICENCE_BIT(SHARE_ALIKE) : 0);
}
