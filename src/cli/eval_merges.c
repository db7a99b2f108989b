#include "eval.h"

#include "stemma/engine/backtest.h"
#include "stemma/engine/explore_test.h"

static const struct column columns[] = {
	{"rule", "chosen by", COLUMN_TEXT, 0, false},
	{"order", "order", COLUMN_PERCENT, 1, false},
	{"gain1", "gain: 1", COLUMN_SIGNED, 2, false},
	{"gain5", "5", COLUMN_SIGNED, 2, false},
	{"gain10", "10", COLUMN_SIGNED, 2, false},
	{"share1", "of the best: 1", COLUMN_PERCENT, 0, false},
	{"share5", "5", COLUMN_PERCENT, 0, false},
	{"share10", "10", COLUMN_PERCENT, 0, false},
	{"score1", "of the score: 1", COLUMN_PERCENT, 0, false},
	{"score5", "5", COLUMN_PERCENT, 0, false},
	{"score10", "10", COLUMN_PERCENT, 0, false},
};

static const struct column accuracy_columns[] = {
	{"predicted_by", "predicted by", COLUMN_TEXT, 0, false},
	{"pearson", "Pearson", COLUMN_NUMBER, 3, false},
	{"rmse", "RMSE", COLUMN_NUMBER, 2, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"within50", "in 50 % interval", COLUMN_PERCENT, 1, false},
	{"within90", "in 90 % interval", COLUMN_PERCENT, 1, false},
};
static const struct {
	enum backtest_rule rule;
	const char *name;
} predictors[] = {
	{BACKTEST_SCORE, "sketch"},
	{BACKTEST_TOLD_SCORE, "sketch, template and date told"},
	{BACKTEST_PARENTS, "weighted mean of the parents"},
	{BACKTEST_BEST, "best parent"},
};

static const struct column chance_columns[] = {
	{"from", "chance from", COLUMN_PERCENT, 0, false},
	{"to", "to", COLUMN_PERCENT, 0, false},
	{"merges", "merges", COLUMN_NUMBER, 0, false},
	{"chance", "mean chance", COLUMN_PERCENT, 0, false},
	{"beat", "beat their best parent", COLUMN_NUMBER, 0, false},
	{"share", "share", COLUMN_PERCENT, 0, false},
	{"low90", "90 % interval: low", COLUMN_PERCENT, 0, false},
	{"high90", "high", COLUMN_PERCENT, 0, false},
};

static void report_accuracy(struct report *report, const struct backtest_result *result)
{
	struct table *table = table_new(accuracy_columns, sizeof accuracy_columns / sizeof *accuracy_columns);
	char title[160];

	for (size_t i = 0; i < sizeof predictors / sizeof *predictors; i++) {
		const struct backtest_accuracy *accuracy = &result->accuracy[predictors[i].rule];
		table_text(table, predictors[i].name);
		table_number(table, accuracy->pearson);
		table_number(table, accuracy->rmse);
		table_number(table, accuracy->mae);
		table_number(table, accuracy->within50);
		table_number(table, accuracy->within90);
	}
	snprintf(title, sizeof title, "%zu merges that the fit never saw", result->merges);
	report_table(report, "accuracy", title, table, TABLE_SIDE);
	table_free(table);
	report_number(report, "slope_over_best", "slope of gains over the best parent", result->over_best.slope, 2);
	report_number(report, "slope_over_best_error", "  standard error", result->over_best.error, 2);
	report_number(report, "slope_over_mean", "slope of gains over their mean", result->over_mean.slope, 2);
	report_number(report, "slope_over_mean_error", "  standard error", result->over_mean.error, 2);
}

static void report_chances(struct report *report, const struct backtest_result *result)
{
	struct table *table = table_new(chance_columns, sizeof chance_columns / sizeof *chance_columns);

	for (size_t i = 0; i < BACKTEST_TENTHS; i++) {
		const struct backtest_tenth *tenth = &result->tenth[i];
		if (tenth->merges == 0)
			continue;
		table_number(table, (double)i / BACKTEST_TENTHS);
		table_number(table, (double)(i + 1) / BACKTEST_TENTHS);
		table_number(table, (double)tenth->merges);
		table_number(table, tenth->chance);
		table_number(table, (double)tenth->beat);
		table_number(table, (double)tenth->beat / (double)tenth->merges);
		table_number(table, tenth->low);
		table_number(table, tenth->high);
	}
	report_table(report, "chances", "predicted chances, and what came of them", table, TABLE_SIDE);
	table_free(table);
}

static void add_tops(struct table *table, const double *tops)
{
	for (size_t k = 0; k < BACKTEST_TOPS; k++)
		table_number(table, tops[k]);
}

static const struct column explored_columns[] = {
	{"rule", "tried by", COLUMN_TEXT, 0, false},
	{"improved1", "improvement: 1", COLUMN_NUMBER, 2, false},
	{"improved2", "2", COLUMN_NUMBER, 2, false},
	{"improved4", "4", COLUMN_NUMBER, 2, false},
	{"found1", "best found: 1", COLUMN_PERCENT, 0, false},
	{"found2", "2", COLUMN_PERCENT, 0, false},
	{"found4", "4", COLUMN_PERCENT, 0, false},
};

/* What trying the first of them would have brought. */
static void report_explored(struct report *report, const struct explore_figures *figures)
{
	struct table *table = table_new(explored_columns, sizeof explored_columns / sizeof *explored_columns);
	char title[160];

	for (enum explore_rule rule = 0; rule < EXPLORE_RULES && figures->families > 0; rule++) {
		table_text(table, explore_rule_name(rule));
		for (size_t k = 0; k < EXPLORE_TOPS; k++)
			table_number(table, figures->improved[rule][k]);
		for (size_t k = 0; k < EXPLORE_TOPS; k++)
			table_number(table, figures->found[rule][k]);
	}
	snprintf(title, sizeof title, "forward in time: %zu merges of %zu families; all of them improve by %.2f",
		 figures->merges, figures->families, figures->possible);
	report_table(report, "explored", title, table, TABLE_SIDE);
	table_free(table);
}

enum status eval_merges(struct cli *cli, const struct session *session, uint64_t seed,
			struct report *report, struct error *error)
{
	struct backtest_result result;
	struct explore_figures explored;
	struct engine_data data;
	char title[160];

	catalog_engine_data(session->catalog, &data);
	enum status status = engine_backtest(&data, &session->target.engine, seed, &cli->progress, &result, error);
	if (status == STATUS_OK)
		status = explore_test(&data, &session->target.engine, seed, &cli->progress, &explored, error);
	cli_end_progress(cli);
	if (status != STATUS_OK)
		return status;
	struct table *table = table_new(columns, sizeof columns / sizeof *columns);
	for (enum backtest_rule rule = 0; rule < BACKTEST_RULES; rule++) {
		table_text(table, backtest_rule_name(rule));
		table_number(table, result.rule[rule].order);
		add_tops(table, result.rule[rule].gain);
		add_tops(table, result.rule[rule].share);
		add_tops(table, result.rule[rule].score);
	}
	if (result.groups > 0)
		snprintf(title, sizeof title, "merges: %zu never seen, %zu pairs of one family, %zu families to choose "
			 "in; best gain %+.1f", result.merges, result.pairs, result.groups, result.best[0]);
	else
		snprintf(title, sizeof title, "merges: %zu never seen, %zu pairs of one family, and no family with "
			 "15 merges to choose in", result.merges, result.pairs);
	report_accuracy(report, &result);
	report_chances(report, &result);
	report_table(report, "merges", title, table, TABLE_MAIN);
	report_explored(report, &explored);
	table_free(table);
	return STATUS_OK;
}
