# shellcheck shell=sh disable=SC2034,SC2154 # sourced
# What the tests of fetching share: a server of their own.  Source it after tap.sh;
# python is empty where there is none to run it.
unset HF_TOKEN HUGGING_FACE_HUB_TOKEN HF_HUB_OFFLINE TRANSFORMERS_OFFLINE HF_HOME HF_TOKEN_PATH
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
python=$(command -v python3)
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null; rm -rf "$work"' EXIT

# start_server FOLDER: where it reads its mode and writes its port and log; the
# environment names it from then on.
start_server() {
	mkdir -p "$1"
	echo good >"$1/mode"
	"$python" "$top_srcdir/tests/sync/server.py" "$1" 2>server.err &
	server=$!
	while [ ! -s "$1/port" ]; do
		kill -0 $server 2>/dev/null || { cat server.err; exit 99; }
		sleep 0.1
	done
	HF_ENDPOINT=http://127.0.0.1:$(cat "$1/port")/
	export HF_ENDPOINT
}
stop_server() {
	kill $server
	wait $server 2>/dev/null
	server=
}
