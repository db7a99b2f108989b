/* Makes a cache of files, without the starter set: cache DB FILE...
 * A file of names, NAME=OTHER a line, gives models names that no reader would
 * let in, as another program could. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/session.h"

static int complain(const struct error *error)
{
	char line[900];

	error_format(error, line, sizeof line);
	fprintf(stderr, "%s\n", line);
	return 1;
}

static int rename_models(const char *cache, const char *path)
{
	static const char sql[] = "UPDATE models SET name = CAST(?2 AS TEXT), license = CAST(?2 AS TEXT),"
				  " source = CAST(?2 AS TEXT) WHERE name = ?1";
	FILE *file = fopen(path, "r");
	sqlite3 *database = NULL;
	sqlite3_stmt *statement = NULL;
	char *line = NULL;
	size_t room = 0;
	int failed = !file || sqlite3_open(cache, &database) != SQLITE_OK ||
		     sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK;

	while (!failed && getline(&line, &room, file) > 0) {
		size_t length = strcspn(line, "=");
		line[strcspn(line, "\n")] = '\0';
		sqlite3_bind_text(statement, 1, line, (int)length, SQLITE_STATIC);
		sqlite3_bind_blob(statement, 2, line + length + 1, (int)strlen(line + length + 1),
				  SQLITE_STATIC);
		failed = sqlite3_step(statement) != SQLITE_DONE;
		sqlite3_reset(statement);
	}
	free(line);
	sqlite3_finalize(statement);
	sqlite3_close(database);
	if (file)
		fclose(file);
	if (failed)
		fprintf(stderr, "%s: models cannot be renamed\n", path);
	return failed;
}

int main(int count, char **arguments)
{
	struct session *session;
	struct error error = {0};

	if (count < 2)
		return 2;
	if (session_open(arguments[1], true, NULL, NULL, &session, &error) != STATUS_OK)
		return complain(&error);
	for (int i = 2; i < count; i++) {
		if (strstr(arguments[i], "-names.txt"))
			continue;
		struct import_report report = {0};
		enum status status =
			import_file(session->store, arguments[i], NULL, &report, &error);
		import_report_free(&report);
		if (status != STATUS_OK) {
			session_close(session);
			return complain(&error);
		}
	}
	session_close(session);
	for (int i = 2; i < count; i++)
		if (strstr(arguments[i], "-names.txt") && rename_models(arguments[1], arguments[i]))
			return 1;
	return 0;
}
