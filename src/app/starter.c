#include "stemma/app/starter.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stemma/base/folder.h"
#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"
#include "stemma/base/text.h"

const char *starter_folder(void)
{
	const char *share = getenv("STEMMA_SHARE");

	return share && share[0] ? share : STEMMA_DATA_DIR;
}

static char *starter_path(const char *folder, const char *name)
{
	struct text path = {0};

	text_append_format(&path, "%s/starter/%s", folder, name);
	return text_steal(&path);
}

/* ---- the cache that is ready ------------------------------------------------------------ */

static bool copy_bytes(int from, int to)
{
	char bytes[65536];
	ssize_t length;

	while ((length = read(from, bytes, sizeof bytes)) > 0)
		for (ssize_t done = 0, step; done < length; done += step)
			if ((step = write(to, bytes + done, (size_t)(length - done))) <= 0)
				return false;
	return length == 0;
}

/* A link is made only where nothing is, so of two first starts one wins, whole. */
static bool copy_file(const char *from_path, const char *path)
{
	struct text temporary = {0};
	int from = open(from_path, O_RDONLY | O_CLOEXEC), to = -1;

	text_append_format(&temporary, "%s.%ld", path, (long)getpid());
	if (from >= 0)
		to = open(text_string(&temporary), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool copied = to >= 0 && copy_bytes(from, to);
	if (to >= 0) {
		copied = close(to) == 0 && copied;
		copied = copied && link(text_string(&temporary), path) == 0;
		unlink(text_string(&temporary));
	}
	if (from >= 0)
		close(from);
	text_free(&temporary);
	return copied;
}

bool starter_copy(const char *data_folder, const char *path)
{
	char *made = starter_path(data_folder, "starter.db"), *failed = NULL;
	/* A folder that cannot be made is told when the cache is opened. */
	bool copied = access(path, F_OK) != 0 && access(made, R_OK) == 0 && folder_make_for(path, &failed) == 0 &&
		      copy_file(made, path);

	free(made);
	free(failed);
	return copied;
}

/* ---- boards ------------------------------------------------------------------------------- */

/* Lines "name: key,key,..."; the first is drawn at the beginning. */
static enum status load_board(struct session *session, char *line, bool first, struct error *error)
{
	char *colon = strchr(line, ':');
	struct board board = {0};

	if (!colon || line[0] == '#')
		return STATUS_OK;
	*colon = '\0';
	const char *keys = colon + 1 + strspn(colon + 1, " ");
	enum status status = boards_find(&session->boards, line)
		? STATUS_OK : board_parse(session->catalog, &session->boards, keys, &board, NULL, error);
	if (status == STATUS_OK && board.count > 0) {
		board.name = memory_string(line);
		status = board_keep(&board, session->store, session->catalog, error);
	}
	board_free(&board);
	if (status == STATUS_OK)
		status = session_reload_boards(session, error);
	if (status != STATUS_OK || !first || session_board_chosen(session))
		return status;
	status = session_choose_board(session, line, true, NULL, error);
	return status == STATUS_OK ? session_choose_target(session, line, true, NULL, error) : status;
}

static enum status load_boards(struct session *session, const char *folder, struct error *error)
{
	char *path = starter_path(folder, "boards"), *rest, *line;
	struct text text = {0};
	enum status status = STATUS_OK;
	bool first = true;

	if (access(path, R_OK) == 0)
		status = read_file(path, &text, error);
	for (rest = text.bytes; status == STATUS_OK && (line = strsep(&rest, "\n"));) {
		status = load_board(session, line, first, error);
		first = first && line[0] == '#';
	}
	text_free(&text);
	free(path);
	return status;
}

enum status starter_load(struct session *session, const char *data_folder, struct progress *progress,
			 struct import_report *report, struct error *error)
{
	enum status status = import_starter(session->store, data_folder, progress, report, error);

	if (status == STATUS_OK)
		status = session_reload(session, error);
	return status == STATUS_OK ? load_boards(session, data_folder, error) : status;
}

/* ---- credits -------------------------------------------------------------------------------- */

char *starter_credit(const char *data_folder, const char *source)
{
	char *path = starter_path(data_folder, "SOURCES"), *rest, *line, *credit = NULL;
	size_t length = strlen(source);
	struct text text = {0};

	if (access(path, R_OK) == 0 && read_file(path, &text, NULL) == STATUS_OK)
		for (rest = text.bytes; !credit && (line = strsep(&rest, "\n"));)
			if (strncmp(line, source, length) == 0 && line[length] == ':')
				credit = memory_string(line + length + 1 + strspn(line + length + 1, " "));
	text_free(&text);
	free(path);
	return credit;
}
