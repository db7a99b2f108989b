#include "stemma/app/anomalies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

void anomalies_find(const struct engine_fit *fit, const struct catalog *catalog, enum engine_leave leave,
		    double rate, const struct progress *progress, struct anomalies *anomalies)
{
	*anomalies = (struct anomalies){.of_model = memory_zero(catalog->count + 1, 1)};
	anomalies->list = engine_anomalies(fit, leave, rate, progress, &anomalies->count, &anomalies->tested);
	for (size_t i = 0; i < anomalies->count; i++) {
		uint8_t *of_model = &anomalies->of_model[anomalies->list[i].model];
		*of_model = (uint8_t)(*of_model + (*of_model < UINT8_MAX));
	}
}

void anomalies_free(struct anomalies *anomalies)
{
	free(anomalies->list);
	free(anomalies->of_model);
	*anomalies = (struct anomalies){0};
}

const struct engine_anomaly *anomalies_score(const struct anomalies *anomalies, size_t model,
					     size_t benchmark)
{
	if (!anomalies->of_model || !anomalies->of_model[model])
		return NULL;
	for (size_t i = 0; i < anomalies->count; i++)
		if (anomalies->list[i].model == model && anomalies->list[i].benchmark == benchmark)
			return &anomalies->list[i];
	return NULL;
}

/* ---- reasons ------------------------------------------------------------------------ */

static bool same_family(const struct catalog_model *a, const struct catalog_model *b)
{
	return a->architecture && b->architecture && strcmp(a->architecture, b->architecture) == 0 &&
	       fabs(a->params_b - b->params_b) < 0.005;
}

static void add_reason(struct text *reasons, const char *reason)
{
	if (reasons->length)
		text_append(reasons, "; ");
	text_append(reasons, reason);
}

/* What most scored models of the family have, compared with this one. */
static void compare_family(const struct catalog *catalog, size_t model, struct text *reasons)
{
	const struct catalog_model *own = &catalog->models[model];
	size_t members = 0, templates = 0, precisions = 0, bases = 0;

	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_model *other = &catalog->models[i];
		if (i == model || !catalog_is_scored(catalog, i) || !same_family(own, other))
			continue;
		members++;
		templates += other->chat_template == ANSWER_YES;
		bases += other->kind == KIND_PRETRAINED;
		precisions += own->precision && other->precision && strcmp(own->precision, other->precision) != 0;
	}
	if (own->chat_template == ANSWER_NO && (own->kind == KIND_CHAT || 2 * templates > members))
		add_reason(reasons, "evaluated without chat template");
	if (own->chat_template == ANSWER_YES && members > 0 && 2 * templates < members)
		add_reason(reasons, "evaluated with chat template, unlike most of its family");
	if (own->kind == KIND_PRETRAINED && members > 0 && 2 * bases < members)
		add_reason(reasons, "a base model, unlike most of its family");
	if (members > 0 && 2 * precisions > members)
		add_reason(reasons, "other precision than most of its family");
}

static bool same_scores(const struct catalog *catalog, size_t a, size_t b)
{
	size_t count, other;
	const struct engine_cell *x = catalog_cells(catalog, a, &count), *y = catalog_cells(catalog, b, &other);
	bool same = count == other;

	for (size_t i = 0; i < count && same; i++)
		same = x[i].benchmark == y[i].benchmark && x[i].value <= y[i].value && x[i].value >= y[i].value;
	return same;
}

/* Another source than most scores: it may have scored otherwise. */
static void compare_sources(const struct catalog *catalog, size_t model, struct text *reasons)
{
	const char *own = catalog->models[model].score_source;
	size_t others = 0;

	for (size_t i = 0; own && i < catalog->count; i++) {
		const char *source = catalog_is_scored(catalog, i) ? catalog->models[i].score_source : NULL;
		others += source && strcmp(source, own) != 0;
	}
	if (own && 2 * others > catalog->scored_count)
		add_reason(reasons, "from another source than most, perhaps scored otherwise");
}

/* The smallest p of a model's anomalies; 1 when it has none. */
static double model_p(const struct anomalies *anomalies, size_t model)
{
	for (size_t i = 0; anomalies->of_model[model] > 0 && i < anomalies->count; i++)
		if (anomalies->list[i].model == model)
			return anomalies->list[i].p;
	return 1;
}

/* An odd score misleads what is expected of parents and children. */
static void compare_kin(const struct anomalies *anomalies, const struct catalog *catalog,
			const struct engine_anomaly *anomaly, struct text *reasons)
{
	size_t parents, children, odd = CATALOG_NONE;
	const struct lineage_parent *parent = lineage_parents(catalog->lineage, anomaly->model, &parents);
	const uint32_t *child = lineage_children(catalog->lineage, anomaly->model, &children);
	double least = anomaly->p;

	for (size_t i = 0; i < parents + children; i++) {
		size_t kin = i < parents ? parent[i].node : child[i - parents];
		double p = model_p(anomalies, kin);
		if (p < least) {
			least = p;
			odd = kin;
		}
	}
	if (odd != CATALOG_NONE) {
		add_reason(reasons, "next of kin to ");
		text_append(reasons, catalog->models[odd].name);
		text_append(reasons, ", whose scores are odd");
	}
}

void anomalies_reasons(const struct anomalies *anomalies, const struct catalog *catalog,
		       const struct engine_anomaly *anomaly, struct text *reasons)
{
	struct text own = {0};

	compare_family(catalog, anomaly->model, &own);
	for (size_t i = 0; i < catalog->count; i++)
		if (i != anomaly->model && catalog_is_scored(catalog, i) && same_scores(catalog, i, anomaly->model)) {
			add_reason(&own, "same scores as ");
			text_append(&own, catalog->models[i].name);
			break;
		}
	compare_sources(catalog, anomaly->model, &own);
	compare_kin(anomalies, catalog, anomaly, &own);
	if (anomaly->residual.observed <= 0)
		add_reason(&own, "a score of 0 looks like a failed run");
	if (catalog->models[anomaly->model].suspect)
		add_reason(&own, "flagged by its source");
	text_append(reasons, text_string(&own));
	text_free(&own);
}
