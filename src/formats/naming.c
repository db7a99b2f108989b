#include "stemma/formats/naming.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* ---- names ------------------------------------------------------------------------- */

#define PART_MAX 96 /* characters of ASCII in half a name of the Hub */

/* One half of a name: starts and ends with a letter, digit or underscore.  Other hubs
 * than the one have letters of all scripts. */
static bool is_name_part(const char *part, size_t length)
{
	if (length == 0 || length > PART_MAX || strchr("-.", part[0]) || strchr("-.", part[length - 1]))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)part[i]) && !strchr("-_.", part[i]) && (unsigned char)part[i] < 0x80)
			return false;
	return true;
}

bool is_hub_name(const char *name)
{
	const char *slash = strchr(name, '/');
	size_t length = strlen(name);

	if (strstr(name, "--") || strstr(name, "..") || (length >= 4 && strcmp(name + length - 4, ".git") == 0))
		return false;
	if (!slash)
		return is_name_part(name, length);
	return is_name_part(name, (size_t)(slash - name)) && is_name_part(slash + 1, strlen(slash + 1));
}

char *setting_base(const char *name, const char **setting)
{
	const char *mark = strstr(name, "--");

	*setting = mark ? mark + 2 : NULL;
	return mark ? memory_string_slice(name, (size_t)(mark - name)) : NULL;
}

bool is_model_name(const char *name)
{
	const char *setting;
	size_t length = strlen(name);

	if (is_hub_name(name))
		return true;
	bool cut = length > 3 && strcmp(name + length - 3, "...") == 0;
	char *whole = memory_string_slice(name, cut ? length - 3 : length);
	char *base = setting_base(whole, &setting);
	bool sound = base ? is_hub_name(base) && is_name_part(setting, strlen(setting)) :
		     cut && is_hub_name(whole);
	free(base);
	free(whole);
	return sound;
}

/* A model of the Hub, in a setting or not. */
static bool is_stated_name(const char *name)
{
	size_t length = strlen(name);

	return is_model_name(name) && !(length > 3 && strcmp(name + length - 3, "...") == 0);
}

char *naming_joined(const char *text, size_t length, const char *separator)
{
	char *name = memory_string_slice(text, length);
	char *bar = strstr(name, separator);

	if (bar && bar > name) {
		*bar = '/';
		memmove(bar + 1, bar + 2, strlen(bar + 2) + 1);
		if (is_hub_name(name))
			return name;
	}
	free(name);
	return NULL;
}

/* ---- paths --------------------------------------------------------------------------- */

char *naming_cached(const char *path, char **revision)
{
	static const char mark[] = "models--", snapshots[] = "/snapshots/";
	const char *folder = strstr(path, mark);

	while (folder && folder > path && folder[-1] != '/')
		folder = strstr(folder + 1, mark);
	if (!folder)
		return NULL;
	folder += sizeof mark - 1;
	size_t length = strcspn(folder, "/");
	char *name = naming_joined(folder, length, "--");
	if (!name) { /* an old name without owner */
		name = memory_string_slice(folder, length);
		if (!is_hub_name(name)) {
			free(name);
			return NULL;
		}
	}
	if (revision && strncmp(folder + length, snapshots, sizeof snapshots - 1) == 0) {
		const char *sha = folder + length + sizeof snapshots - 1;
		*revision = memory_string_slice(sha, strcspn(sha, "/"));
	}
	return name;
}

/* Where the last part of a path begins. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* What every model's folder may be called. */
static bool is_common(const char *part, size_t length)
{
	static const char *const words[] = {"model", "models", "output", "outputs", "out", "results", "checkpoint",
		"checkpoints", "final", "merged", "main", "latest", "tmp", "hf", "snapshots", "best", "last", "merge",
		"export", "weights"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == length && strncasecmp(part, words[i], length) == 0)
			return true;
	return strncmp(part, "checkpoint-", 11) == 0 || strspn(part, "0123456789") >= length ||
	       (length >= 7 && strspn(part, "0123456789abcdef") >= length);
}

/* Folders that stand where an owner would. */
static bool is_working_folder(const char *part, size_t length)
{
	static const char *const words[] = {"models", "output", "outputs", "out", "results", "checkpoints", "runs"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i]) == length && strncmp(part, words[i], length) == 0)
			return true;
	return false;
}

static bool is_drive(const char *text)
{
	return isalpha((unsigned char)text[0]) && text[1] == ':' && strchr("/\\", text[2]);
}

bool naming_is_path(const char *text)
{
	bool here = text[0] == '.' && (!text[1] || text[1] == '/' || strncmp(text, "../", 3) == 0);

	return here || text[0] == '/' || text[0] == '~' || strchr(text, '\\') || is_drive(text);
}

/* A path, or what cannot be a name of the Hub. */
static bool is_path(const char *text)
{
	const char *slash = strchr(text, '/');

	if (naming_is_path(text))
		return true;
	if (!slash)
		return false;
	/* A last "/" makes no path of a name. */
	return (strchr(slash + 1, '/') && slash[1 + strcspn(slash + 1, "/") + 1]) ||
	       is_working_folder(text, (size_t)(slash - text)) || strncmp(slash + 1, "checkpoint-", 11) == 0;
}

/* With "/" between the parts, without empty ones, "." and a last "/". */
static char *plain_path(const char *path)
{
	struct text out = {0};

	for (const char *at = path; *at;) {
		size_t length = strcspn(at, "/\\");
		bool empty = length == 0 || (length == 1 && at[0] == '.');
		if (at == path && length == 0)
			text_append(&out, "/");
		if (!empty && out.length > 0 && out.bytes[out.length - 1] != '/')
			text_append(&out, "/");
		if (!empty)
			text_append_bytes(&out, at, length);
		at += length;
		at += *at != '\0';
	}
	if (out.length == 0)
		text_append(&out, ".");
	return text_steal(&out);
}

/* A download cache's folder, and one that is named after its model, tell of which. */
static void take_path(struct naming *naming, const char *path)
{
	char *plain = plain_path(path);
	const char *last = last_part(plain);

	naming->name = naming_cached(plain, &naming->revision);
	if (!naming->name)
		naming->name = naming_joined(last, strlen(last), "__");
	if (!naming->name)
		naming->path = memory_string(plain);
	free(plain);
}

/* ---- a model at a path ------------------------------------------------------------------ */

static bool ends_with(const char *text, size_t length, const char *ending)
{
	size_t size = strlen(ending);

	return length > size && strncmp(text + length - size, ending, size) == 0;
}

/* The last part up to `end` that says something; *begin gets its place. */
static size_t part_before(const char *path, size_t end, size_t *begin)
{
	for (;;) {
		while (end > 0 && path[end - 1] == '/')
			end--;
		*begin = end;
		while (*begin > 0 && path[*begin - 1] != '/')
			--*begin;
		size_t length = end - *begin;
		bool weights = ends_with(path + *begin, length, ".safetensors") ||
			       ends_with(path + *begin, length, ".bin");
		if (end == 0 || (!weights && strncmp(path + *begin, "..", length) != 0))
			return end;
		end = *begin;
	}
}

/* What may stand in a name; anything else becomes "-". */
static void append_part(struct text *name, const char *part, size_t length)
{
	for (size_t i = 0; i < length && name->length < PART_MAX + sizeof LOCAL_OWNER; i++) {
		bool letter = isalnum((unsigned char)part[i]) || (unsigned char)part[i] >= 0x80 || part[i] == '_';
		char byte = letter || part[i] == '.' ? part[i] : '-';
		char before = name->length > 0 ? name->bytes[name->length - 1] : '/';
		if (!letter && strchr("-./", before))
			continue;
		text_append_bytes(name, &byte, 1);
	}
}

char *naming_local(const char *path)
{
	size_t begin, end = part_before(path, strlen(path), &begin), first = begin;
	struct text name = {0};

	while (is_common(path + first, strcspn(path + first, "/")) && part_before(path, first, &begin) > 0)
		first = begin;
	text_append(&name, LOCAL_OWNER "/");
	size_t length = ends_with(path + first, end - first, ".gguf") ? end - first - strlen(".gguf") : end - first;
	append_part(&name, path + first, length);
	while (name.length > sizeof LOCAL_OWNER && strchr("-.", name.bytes[name.length - 1]))
		name.bytes[--name.length] = '\0';
	/* Half a character may be left where it was cut. */
	while (name.length > PART_MAX + sizeof LOCAL_OWNER - 4 && (unsigned char)name.bytes[name.length - 1] >= 0x80)
		name.bytes[--name.length] = '\0';
	if (name.length == sizeof LOCAL_OWNER)
		text_append(&name, "model");
	return text_steal(&name);
}

bool naming_is_local(const char *name)
{
	return strncmp(name, LOCAL_OWNER "/", sizeof LOCAL_OWNER) == 0;
}

/* ---- addresses ---------------------------------------------------------------------------- */

/* What is behind the host, NULL when the text is no address; *known: a hub's. */
static const char *behind_host(const char *text, bool *known)
{
	static const char *const schemes[] = {"https://", "http://"};
	static const char *const hosts[] = {"huggingface.co/", "www.huggingface.co/", "hf.co/", "hf-mirror.com/",
					    "modelscope.cn/", "www.modelscope.cn/", "modelscope.ai/"};
	const char *rest = text;
	bool address = false;

	if (strncasecmp(text, "hf://", 5) == 0) {
		*known = true;
		return text + 5;
	}
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes && !address; i++) {
		address = strncasecmp(text, schemes[i], strlen(schemes[i])) == 0;
		rest += address ? strlen(schemes[i]) : 0;
	}
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (strncasecmp(rest, hosts[i], strlen(hosts[i])) == 0) {
			*known = true;
			return rest + strlen(hosts[i]);
		}
	*known = false;
	return address ? rest : NULL;
}

static void take_revision(struct naming *naming, const char *revision, size_t length)
{
	if (length > 0 && !(length == 4 && strncmp(revision, "main", 4) == 0)) {
		free(naming->revision);
		naming->revision = memory_string_slice(revision, length);
	}
}

/* OWNER/NAME[/tree/REVISION/...]; data sets and Spaces are no models. */
static void take_page(struct naming *naming, const char *page)
{
	static const char *const folders[] = {"api/models/", "models/"};
	static const char *const others[] = {"datasets/", "spaces/", "collections/", "papers/", "docs/"};
	static const char *const views[] = {"tree/", "blob/", "resolve/", "raw/", "commit/"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strncmp(page, others[i], strlen(others[i])) == 0)
			return;
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
		if (strncmp(page, folders[i], strlen(folders[i])) == 0)
			page += strlen(folders[i]);
	size_t owner = strcspn(page, "/?#"), length = owner;
	if (page[owner] == '/')
		length = owner + 1 + strcspn(page + owner + 1, "/?#");
	char *name = memory_string_slice(page, length);
	struct naming inner = naming_of(name);
	naming->name = inner.name;
	inner.name = NULL;
	naming->revision = inner.revision;
	inner.revision = NULL;
	naming_free(&inner);
	free(name);
	for (size_t i = 0; i < sizeof views / sizeof *views && page[length] == '/'; i++)
		if (strncmp(page + length + 1, views[i], strlen(views[i])) == 0) {
			const char *revision = page + length + 1 + strlen(views[i]);
			take_revision(naming, revision, strcspn(revision, "/?#"));
		}
}

/* ---- the rule ----------------------------------------------------------------------------- */

/* Without blanks and quotes around it. */
static char *trimmed(const char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n'\"`");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n'\"`", text[length - 1]))
		length--;
	return memory_string_slice(text, length);
}

/* Takes off what stands behind a name from the last `mark` on, where what is before it is
 * one; true when it did. */
static bool split_name(char *text, char mark, struct naming *naming)
{
	char *at = strrchr(text, mark);

	if (!at || at == text)
		return false;
	*at = '\0';
	if (is_stated_name(text)) {
		if (mark == '@')
			take_revision(naming, at + 1, strlen(at + 1));
		return true;
	}
	*at = mark;
	return false;
}

static void take_name(struct naming *naming, char *text)
{
	size_t length = strlen(text);

	while (length > 1 && text[length - 1] == '/')
		text[--length] = '\0';
	naming->name = strchr(text, '/') ? NULL : naming_joined(text, length, "__");
	if (!naming->name && is_stated_name(text))
		naming->name = memory_string(text);
	if (!naming->name && strchr(text, '/'))
		naming->path = plain_path(text); /* a name has no blanks, a folder may */
}

struct naming naming_of(const char *text)
{
	struct naming naming = {0};
	bool known;
	char *plain = text ? trimmed(text) : memory_string("");
	const char *rest = behind_host(plain, &known);

	if (!plain[0]) {
		/* nothing */
	} else if (rest) {
		if (known)
			take_page(&naming, rest);
	} else if (strncmp(plain, "file://", 7) == 0) {
		take_path(&naming, plain + 7);
	} else if (is_path(plain)) {
		char *at = strrchr(plain, '@');
		if (at && !strpbrk(at, "/\\")) {
			take_revision(&naming, at + 1, strlen(at + 1));
			*at = '\0';
		}
		take_path(&naming, plain);
	} else if (strncmp(plain, "models--", 8) == 0) {
		take_path(&naming, plain);
	} else {
		if (!split_name(plain, '@', &naming))
			split_name(plain, ':', &naming);
		take_name(&naming, plain);
	}
	free(plain);
	return naming;
}

struct naming naming_of_literal(const char *text)
{
	struct naming naming = {0};
	char *plain = trimmed(text);

	if (!strpbrk(plain, "@+"))
		naming = naming_of(plain);
	else if (plain[0])
		take_path(&naming, plain);
	free(plain);
	return naming;
}

void naming_free(struct naming *naming)
{
	free(naming->name);
	free(naming->path);
	free(naming->revision);
	*naming = (struct naming){0};
}
