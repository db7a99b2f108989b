/* Checking the cache as a whole. */
#include "database.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/utf8.h"

#define TEXT_OF(macro) TEXT_OF_TOKENS(macro)
#define TEXT_OF_TOKENS(tokens) #tokens

/* Each query gives a sentence for each finding.  The schema prevents some of
 * them; other programs can write without foreign keys and checks. */
static const struct {
	const char *severity, *sql;
} checks[] = {
	{"error", "SELECT 'database: ' || integrity_check FROM pragma_integrity_check"
		  " WHERE integrity_check <> 'ok'"},
	{"error", "SELECT 'a row of ' || \"table\" || ' refers to a missing row of ' || parent"
		  " || ' (' || count(*) || ' times)' FROM pragma_foreign_key_check"
		  " GROUP BY \"table\", parent"},
	{"error", "SELECT name || ' is its own parent in ' || e.source FROM edges AS e"
		  " JOIN models AS m ON m.id = e.child WHERE child = parent"},
	{"note", "SELECT 'the weights of the parents of ' || m.name || ' sum to '"
		  " || round(sum(weight), 4) || ' in ' || e.source FROM edges AS e"
		  " JOIN models AS m ON m.id = e.child WHERE trust BETWEEN 80 AND 100"
		  " GROUP BY child, e.source HAVING count(weight) = count(*) AND abs(sum(weight) - 1) > 0.01"},
	{"error", "SELECT 'the ' || b.title || ' score ' || value || ' of ' || m.name"
		  " || ' is outside its scale of ' || format('%g', b.lower) || ' to ' || format('%g', b.upper)"
		  " FROM scores AS s JOIN benchmarks AS b ON b.id = s.benchmark"
		  " JOIN evaluations AS e ON e.id = s.evaluation JOIN models AS m ON m.id = e.model"
		  " WHERE value NOT BETWEEN b.lower AND b.upper"},
	{"error", "SELECT 'the size ' || params_b || ' of ' || name || ' is none that a model can have: read as unknown'"
		  " FROM models WHERE params_b NOT BETWEEN " TEXT_OF(SIZE_MIN_B) " AND " TEXT_OF(SIZE_MAX_B)},
	{"error", "SELECT 'the weight ' || weight || ' of ' || p.name || ' in ' || c.name || ' is no weight: read as"
		  " unknown' FROM edges JOIN models AS c ON c.id = child JOIN models AS p ON p.id = parent"
		  " WHERE weight NOT BETWEEN 0 AND " TEXT_OF(WEIGHT_MAX)},
	{"error", "SELECT 'the ' || b.title || ' score ' || value || ' of ' || m.name || ', or its standard error, is"
		  " beyond what a score can be: left out'"
		  " FROM scores AS s JOIN benchmarks AS b ON b.id = s.benchmark"
		  " JOIN evaluations AS e ON e.id = s.evaluation JOIN models AS m ON m.id = e.model"
		  " WHERE abs(value) > " TEXT_OF(SCORE_SIZE_MAX) " OR error > " TEXT_OF(SCORE_SIZE_MAX)},
	{"error", "SELECT 'the scale of ' || key || ' ends at ' || format('%g', upper) || ', before it begins at '"
		  " || format('%g', lower) FROM benchmarks WHERE lower >= upper"},
	{"error", "SELECT 'the alias ' || alias || ' hides a benchmark of that key' FROM benchmark_aliases"
		  " WHERE alias IN (SELECT key FROM benchmarks)"},
	{"note", "SELECT key || ' says that it copies ' || duplicate_of || ', which is not there' FROM benchmarks"
		 " WHERE duplicate_of NOT IN (SELECT key FROM benchmarks)"
		 " AND duplicate_of NOT IN (SELECT alias FROM benchmark_aliases)"},
	{"error", "SELECT 'the model ' || id || ' has control characters in its name' FROM models"
		  " WHERE name GLOB '*[' || char(1) || '-' || char(31) || char(127) || ']*'"},
	{"error", "SELECT 'the alias ' || alias || ' hides a model of that name' FROM aliases"
		  " WHERE alias IN (SELECT name FROM models)"},
	{"note", "SELECT 'an evaluation of ' || m.name || ' by ' || e.source || ' has no scores'"
		 " FROM evaluations AS e JOIN models AS m ON m.id = e.model"
		 " WHERE NOT EXISTS (SELECT 1 FROM scores WHERE evaluation = e.id)"},
	{"note", "SELECT m.name || ' has dates that are no ISO dates: ' || uploaded FROM models AS m"
		 " WHERE uploaded IS NOT strftime('%Y-%m-%d', uploaded)"},
	{"note", "SELECT count(*) || CASE count(*) WHEN 1 THEN ' model has' ELSE ' models have' END"
		 " || ' neither an evaluation nor an edge' FROM models AS m"
		 " WHERE NOT EXISTS (SELECT 1 FROM evaluations WHERE model = m.id)"
		 " AND NOT EXISTS (SELECT 1 FROM edges WHERE child = m.id)"
		 " AND NOT EXISTS (SELECT 1 FROM edges WHERE parent = m.id) HAVING count(*) > 0"},
};

struct checker {
	void (*report)(void *context, const char *severity, const char *message);
	void *context;
	const char *severity;
	size_t *faults;
};

static void checker_report(struct checker *checker, const char *severity, const char *finding)
{
	/* Names that another program wrote may hold anything. */
	char *clean = utf8_sanitize(finding);

	checker->report(checker->context, severity, *clean ? clean : "damage that cannot be named");
	free(clean);
	*checker->faults += strcmp(severity, "error") == 0;
}

static bool check_row(void *context, sqlite3_stmt *row)
{
	struct checker *checker = context;
	const char *finding = column_text(row, 0);

	if (finding)
		checker_report(checker, checker->severity, finding);
	return true;
}

/* Runs one check.  Damage that keeps it from running is a finding too. */
static enum status check_run(struct store *store, const char *sql, struct checker *checker,
			     struct error *error)
{
	struct error failure = {0};
	struct query query = {.sql = sql};
	enum status status = database_each(store, query, check_row, checker, &failure);

	if (status == STATUS_CACHE) {
		checker_report(checker, "error", failure.message);
		return STATUS_OK;
	}
	if (status != STATUS_OK && error)
		*error = failure;
	return status;
}

enum status store_check(struct store *store,
	void (*report)(void *context, const char *severity, const char *message), void *context,
	size_t *faults, struct error *error)
{
	enum status status = STATUS_OK;

	*faults = 0;
	for (size_t i = 0; i < sizeof checks / sizeof *checks && status == STATUS_OK; i++) {
		struct checker checker = {.report = report, .context = context,
					  .severity = checks[i].severity, .faults = faults};
		status = check_run(store, checks[i].sql, &checker, error);
	}
	return status;
}
