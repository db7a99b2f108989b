/* Which model a text means: one rule for all formats. */
#include "test.h"

#include "stemma/base/memory.h"
#include "stemma/formats/naming.h"

#define SHA "221e5f92f9dc5fedaf4556b1be6b20642638643c"

static void names_and_paths(void **state)
{
	(void)state;
	static const struct {
		const char *text, *name, *path, *revision;
	} cases[] = {
		{"acme/x-8b", "acme/x-8b", NULL, NULL}, {"acme/x-8b/", "acme/x-8b", NULL, NULL},
		{"gpt2", "gpt2", NULL, NULL}, {" 'acme/x' ", "acme/x", NULL, NULL}, {"\"acme/x\"", "acme/x", NULL, NULL},
		{"acme/x@main", "acme/x", NULL, NULL}, {"acme/x@v1.2", "acme/x", NULL, "v1.2"},
		{"acme/x-GGUF:Q4_K_M", "acme/x-GGUF", NULL, NULL}, {"acme/x--thinking", "acme/x--thinking", NULL, NULL},
		{"acme/\xE6\xA8\xA1\xE5\x9E\x8B-8b", "acme/\xE6\xA8\xA1\xE5\x9E\x8B-8b", NULL, NULL},
		/* addresses */
		{"https://huggingface.co/acme/x", "acme/x", NULL, NULL}, {"http://hf.co/acme/x/", "acme/x", NULL, NULL},
		{"https://huggingface.co/acme/x/tree/main", "acme/x", NULL, NULL},
		{"https://huggingface.co/acme/x/blob/v2/README.md", "acme/x", NULL, "v2"},
		{"https://huggingface.co/acme/x?library=peft#files", "acme/x", NULL, NULL},
		{"huggingface.co/acme/x", "acme/x", NULL, NULL}, {"hf://acme/x@dev", "acme/x", NULL, "dev"},
		{"https://hf-mirror.com/acme/x", "acme/x", NULL, NULL},
		{"https://www.modelscope.cn/models/acme/x", "acme/x", NULL, NULL},
		{"https://huggingface.co/gpt2", "gpt2", NULL, NULL},
		{"https://huggingface.co/datasets/acme/x", NULL, NULL, NULL},
		{"https://huggingface.co/spaces/acme/x", NULL, NULL, NULL}, {"https://example.com/acme/x", NULL, NULL, NULL},
		/* folders that are named after a model */
		{"acme__x-8b", "acme/x-8b", NULL, NULL}, {"/srv/models/acme__x-8b/", "acme/x-8b", NULL, NULL},
		{"models--acme--y", "acme/y", NULL, NULL},
		{"/root/.cache/huggingface/hub/models--acme--y/snapshots/" SHA, "acme/y", NULL, SHA},
		{"D:\\hub\\models--acme--y\\snapshots\\" SHA "\\", "acme/y", NULL, SHA},
		{"~/hub/models--gpt2/snapshots/" SHA "/", "gpt2", NULL, SHA},
		/* paths */
		{"./merge-out", NULL, "merge-out", NULL}, {"/home/u//x/./y/", NULL, "/home/u/x/y", NULL},
		{"~/merges/slerp-7b", NULL, "~/merges/slerp-7b", NULL}, {"../x", NULL, "../x", NULL},
		{"C:\\models\\slerp-7b", NULL, "C:/models/slerp-7b", NULL}, {"D:/models/slerp 7b", NULL, "D:/models/slerp 7b", NULL},
		{"file:///srv/x", NULL, "/srv/x", NULL}, {"a/b/c", NULL, "a/b/c", NULL}, {"out/x", NULL, "out/x", NULL},
		{"me/checkpoint-500/", NULL, "me/checkpoint-500", NULL}, {"acme/merged 8b", NULL, "acme/merged 8b", NULL},
		{"/srv/x@v2", NULL, "/srv/x", "v2"}, {".", NULL, ".", NULL},
		/* neither */
		{"", NULL, NULL, NULL}, {"  ", NULL, NULL, NULL}, {"a b", NULL, NULL, NULL}, {NULL, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct naming naming = naming_of(cases[i].text);
		const char *got[] = {naming.name, naming.path, naming.revision};
		const char *wanted[] = {cases[i].name, cases[i].path, cases[i].revision};
		for (size_t j = 0; j < 3; j++)
			if ((got[j] == NULL) != (wanted[j] == NULL) || (got[j] && strcmp(got[j], wanted[j]) != 0))
				fail_msg("%s: %s is %s, not %s", cases[i].text, j == 0 ? "name" : j == 1 ? "path" : "revision",
					 got[j] ? got[j] : "none", wanted[j] ? wanted[j] : "none");
		naming_free(&naming);
	}
}

static void letters_of_a_path(void **state)
{
	(void)state;
	struct naming naming = naming_of_literal("/data/llama-3.1+sft@2/");

	assert_string_equal(naming.path, "/data/llama-3.1+sft@2");
	assert_null(naming.revision);
	naming_free(&naming);
	naming = naming_of_literal("acme/x");
	assert_string_equal(naming.name, "acme/x");
	naming_free(&naming);
}

static void local_names(void **state)
{
	(void)state;
	static const struct {
		const char *path, *name;
	} cases[] = {
		{"/home/me/out/x", "local/x"}, {"merge-out", "local/merge-out"}, {"/home/me/x/final", "local/x-final"},
		{"/home/me/x/checkpoints/checkpoint-500", "local/x-checkpoints-checkpoint-500"}, {"D:/models/slerp 7b", "local/slerp-7b"},
		{"../output", "local/output"}, {"/", "local/model"}, {".", "local/model"}, {"..", "local/model"},
		{"/m/x/model.safetensors", "local/x"}, {"/m/x-Q4_K_M.gguf", "local/x-Q4_K_M"},
		{"/m/llama-3.1+sft", "local/llama-3.1-sft"}, {"/m/--x--", "local/x"},
		{"/m/\xE6\xA8\xA1 (2)", "local/\xE6\xA8\xA1-2"}, {"/m/221e5f92f9dc", "local/m-221e5f92f9dc"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *name = naming_local(cases[i].path);
		assert_string_equal(name, cases[i].name);
		assert_true(naming_is_local(name));
		struct naming naming = naming_of(name); /* it is a name that is found again */
		assert_string_equal(naming.name, name);
		naming_free(&naming);
		free(name);
	}
	assert_false(naming_is_local("locals/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_paths),
		cmocka_unit_test(letters_of_a_path),
		cmocka_unit_test(local_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
