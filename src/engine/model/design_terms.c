/* The terms of the priors, and how a node of the lineage was made. */
#include "model/design_parts.h"

#define IS_ONE {ONE, 0, 0}
#define IS_SAME(attribute) {SAME, ATTRIBUTE_##attribute, 0}
#define IS_WORDS(which) {WORDS, ATTRIBUTE_##which, 0}
#define IS_SIZE(length) {SIZE, 0, length}
#define IS_YEARS(length) {DATE, 0, length}
#define IS_MADE(how) {MAKING, MAKING_##how, 0}

/* Lengths: log size in units of ln(billions), dates in years. */
static const struct term kin_terms[] = {
	{"level", {IS_ONE}, 0.1},
	{"size, linear", {{LINEAR_SIZE, 0, 0}}, 0.1},
	{"date, linear", {{LINEAR_DATE, 0, 0}}, 0.05},
	{"kind", {IS_SAME(KIND)}, 0.05},
	{"chat template", {IS_SAME(TEMPLATE)}, 0.05},
	{"kind x chat template x size", {IS_SAME(KIND), IS_SAME(TEMPLATE), IS_SIZE(1.0)}, 0.05},
	{"kind x chat template x size x date",
	 {IS_SAME(KIND), IS_SAME(TEMPLATE), IS_SIZE(1.0), IS_YEARS(0.5)}, 0.05},
	{"size", {IS_SIZE(0.7)}, 0.1},
	{"months", {IS_SAME(MONTHS)}, 0.02},
	{"architecture", {IS_SAME(ARCHITECTURE)}, 0.05},
	{"architecture x size", {IS_SAME(ARCHITECTURE), IS_SIZE(0.7)}, 0.05},
	{"architecture x size x date", {IS_SAME(ARCHITECTURE), IS_SIZE(0.7), IS_YEARS(0.5)}, 0.05},
	{"family", {IS_SAME(FAMILY)}, 0.05},
	{"family x kind", {IS_SAME(FAMILY), IS_SAME(KIND)}, 0.05},
	{"family x chat template", {IS_SAME(FAMILY), IS_SAME(TEMPLATE)}, 0.05},
	{"family x date", {IS_SAME(FAMILY), IS_YEARS(0.25)}, 0.05},
	{"owner", {IS_SAME(OWNER)}, 0.05},
	{"owner x family", {IS_SAME(OWNER), IS_SAME(FAMILY)}, 0.05},
	{"owner x date", {IS_SAME(OWNER), IS_YEARS(0.1)}, 0.05},
	{"provider", {IS_SAME(PROVIDER)}, 0.05},
	{"reasoning", {IS_SAME(REASONING)}, 0.05},
	{"reasoning x date", {IS_SAME(REASONING), IS_YEARS(0.5)}, 0.05},
	{"owner and first word", {IS_SAME(MAKER)}, 0.05},
	{"series", {IS_SAME(SERIES)}, 0.05},
	{"first words", {IS_SAME(LINE)}, 0.05},
	{"base model", {IS_SAME(BASE)}, 0.1},
	{"words of the name", {IS_WORDS(WORDS)}, 0.1},
	{"pairs of words", {IS_WORDS(PAIRS)}, 0.05},
	{"lineage: roots", {IS_MADE(ROOT)}, 0.1},
	{"lineage: fine-tunes", {IS_MADE(FINETUNE)}, 0.05},
	{"lineage: merges", {IS_MADE(MERGE)}, 0.02},
	{"lineage: quantizations", {IS_MADE(QUANTIZED)}, 0.01},
	{"lineage: settings", {IS_MADE(SETTING)}, 0.05},
	{"lineage: stages", {IS_MADE(STAGE)}, 0.05},
	{"lineage: sizes and versions", {IS_MADE(SIBLING)}, 0.1},
};
static const struct term laplacian_terms[] = {{"lineage Laplacian", {{LAPLACE, 0, 0}}, 0.7}};

const struct term *design_prior_terms(enum prior prior, size_t *count)
{
	*count = 0;
	if (prior == PRIOR_KIN) {
		*count = sizeof kin_terms / sizeof *kin_terms;
		return kin_terms;
	}
	*count = prior == PRIOR_LAPLACIAN;
	return laplacian_terms;
}

size_t design_terms(enum prior prior)
{
	size_t count;

	design_prior_terms(prior, &count);
	return count;
}

static const struct term *design_term(const struct design *design, size_t term)
{
	size_t count;

	return design_prior_terms(design->prior, &count) + term;
}

const char *design_label(const struct design *design, size_t term)
{
	return design_term(design, term)->label;
}

double design_start(const struct design *design, size_t term)
{
	return design_term(design, term)->start;
}

bool design_is_lineage(const struct design *design, size_t term)
{
	enum comparison how = design_term(design, term)->product[0].how;

	return how == MAKING || how == LAPLACE;
}

const struct comparison_of *design_comparison(const struct term *term, enum comparison how)
{
	for (size_t i = 0; i < PRODUCT_MAX && term->product[i].how; i++)
		if (term->product[i].how == how)
			return &term->product[i];
	return NULL;
}

enum making design_relation_making(enum relation relation)
{
	switch (relation) {
	case RELATION_MERGE:     return MAKING_MERGE;
	case RELATION_QUANTIZED: return MAKING_QUANTIZED;
	case RELATION_SETTING:   return MAKING_SETTING;
	case RELATION_STAGE:     return MAKING_STAGE;
	case RELATION_SIZE:
	case RELATION_VERSION:
	case RELATION_DISTILL:   return MAKING_SIBLING;
	default:                 return MAKING_FINETUNE;
	}
}

enum making design_node_making(const struct lineage *lineage, size_t node)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);

	return count == 0 ? MAKING_ROOT : design_relation_making((enum relation)parents[0].relation);
}

size_t design_making_term(enum making making)
{
	size_t count;
	const struct term *terms = design_prior_terms(PRIOR_KIN, &count);

	for (size_t k = 0; k < count; k++)
		if (terms[k].product[0].how == MAKING && terms[k].product[0].argument == (int)making)
			return k;
	return 0;
}
