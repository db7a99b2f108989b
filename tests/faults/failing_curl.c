/* What stemma asks of libcurl. */
#include "failing_private.h"

#include <curl/curl.h>
#include <stdarg.h>

WRAP(CURL, CURL *, curl_easy_init, (void), (), NULL)
WRAP(CURL, CURLSH *, curl_share_init, (void), (), NULL)
WRAP(CURL, CURLcode, curl_easy_perform, (CURL *curl), (curl), CURLE_RECV_ERROR)
WRAP(CURL, struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *line), (list, line),
     NULL)
WRAP(CURL, CURLU *, curl_url, (void), (), NULL)
WRAP(CURL, CURLUcode, curl_url_set, (CURLU *url, CURLUPart what, const char *part, unsigned int flags),
     (url, what, part, flags), CURLUE_OUT_OF_MEMORY)
WRAP(CURL, CURLUcode, curl_url_get, (const CURLU *url, CURLUPart what, char **part, unsigned int flags),
     (url, what, part, flags), CURLUE_OUT_OF_MEMORY)

/* One argument more, of the size of a pointer. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
CURLcode __real_curl_easy_setopt(CURL *curl, CURLoption option, ...);
CURLcode __wrap_curl_easy_setopt(CURL *curl, CURLoption option, ...);
CURLcode __real_curl_easy_getinfo(CURL *curl, CURLINFO what, ...);
CURLcode __wrap_curl_easy_getinfo(CURL *curl, CURLINFO what, ...);

CURLcode __wrap_curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
	va_list arguments;

	va_start(arguments, option);
	void *value = va_arg(arguments, void *);
	va_end(arguments);
	return failing_now(FAILING_CURL) ? CURLE_OUT_OF_MEMORY : __real_curl_easy_setopt(curl, option, value);
}

CURLcode __wrap_curl_easy_getinfo(CURL *curl, CURLINFO what, ...)
{
	va_list arguments;

	va_start(arguments, what);
	void *value = va_arg(arguments, void *);
	va_end(arguments);
	return failing_now(FAILING_CURL) ? CURLE_BAD_FUNCTION_ARGUMENT
					 : __real_curl_easy_getinfo(curl, what, value);
}

#undef curl_share_setopt
CURLSHcode __real_curl_share_setopt(CURLSH *share, CURLSHoption option, ...);
CURLSHcode __wrap_curl_share_setopt(CURLSH *share, CURLSHoption option, ...);

/* Only with an argument of the size of an int. */
CURLSHcode __wrap_curl_share_setopt(CURLSH *share, CURLSHoption option, ...)
{
	va_list arguments;

	va_start(arguments, option);
	int value = va_arg(arguments, int);
	va_end(arguments);
	return failing_now(FAILING_CURL) ? CURLSHE_NOMEM : __real_curl_share_setopt(share, option, value);
}
