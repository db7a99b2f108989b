/* Makes a cache of files, without the starter set: cache DB FILE... */
#include <stdio.h>

#include "stemma/app/session.h"

static int complain(const struct error *error)
{
	char line[900];

	error_format(error, line, sizeof line);
	fprintf(stderr, "%s\n", line);
	return 1;
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
	return 0;
}
