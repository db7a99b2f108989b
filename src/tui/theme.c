#include "theme.h"

static const struct style_info styles[] = {
#define X(symbol, mono, attributes, of8, of16, of256) {mono, attributes, of8, of16, of256},
	STYLE_TABLE(X)
#undef X
};

const struct style_info *style_info(enum style style)
{
	return &styles[style];
}
