#include "eval.h"

#include "stemma/engine/backtest.h"

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

static void add_tops(struct table *table, const double *tops)
{
	for (size_t k = 0; k < BACKTEST_TOPS; k++)
		table_number(table, tops[k]);
}

enum status eval_merges(struct cli *cli, const struct session *session, uint64_t seed,
			struct report *report, struct error *error)
{
	struct backtest_result result;
	struct engine_data data;
	char title[160];

	catalog_engine_data(session->catalog, &data);
	enum status status = engine_backtest(&data, &session->target.engine, seed, &cli->progress, &result, error);
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
	snprintf(title, sizeof title, "merges: %zu never seen, %zu pairs of one family, %zu families to choose in; "
		 "best gain %+.1f", result.merges, result.pairs, result.groups, result.best[0]);
	report_table(report, "merges", title, table, TABLE_MAIN);
	table_free(table);
	return STATUS_OK;
}
