#!/usr/bin/env python3
"""A leaderboard and a Hub for the tests of "stemma sync", which misbehave as told.

Usage: server.py FOLDER
Writes its port to FOLDER/port when it listens, and a line for each request to
FOLDER/log.  What it does is read from FOLDER/mode at each request:

  good             answers
  few N            answers, of a table of N rows
  slow-down N      429 with Retry-After: 0 to the first N requests
  broken N         500 to the first N requests
  breaking N       500 to all but the first N requests
  cut N            closes the connection within the first N answers
  short N          promises more bytes than it sends, N times
  away             redirects to another host
  round            redirects to itself, for ever
  moved            redirects to another path of its own
  endless          an answer without end
  junk             no JSON
  drip             a byte a second
  bomb             64 MB of blanks, compressed
  growing          a table that has one more row at each page
  private          401
  empty            a table without rows
  foreign          a table of something else
  nonsense         answers, but for one model, of which it answers no JSON
  large-model      answers, but with a model that is 2 MB
  one-for-all      answers for all models with the same one
  header           a header of 200 kB
  headers          90 kB of headers, in lines of 1 kB
  heavy N          answers, of a table of N rows in pages of 900 kB
  no-list          answers, but for the descendants of one model with no JSON
  endless-list     answers, but a list of descendants without end
  unasked          304 to who did not ask for news only
"""
import gzip
import http.server
import json
import os
import sys
import time
import urllib.parse

ROWS = 230
folder = sys.argv[1]
done = 0


def row(index):
    return {
        "eval_name": f"owner_model-{index}_bfloat16", "Precision": "bfloat16", "T": "\U0001f4ac",
        "Architecture": "TestForCausalLM", "fullname": f"owner/model-{index}", "Model sha": "abc",
        "Hub License": "mit", "Hub \u2764\ufe0f": 1, "#Params (B)": 1.5, "MoE": False, "Flagged": False,
        "Chat Template": True, "IFEval": 10 + index / 10, "BBH": 5 + index / 20, "MATH Lvl 5": 2.0,
        "GPQA": 3.0, "MUSR": 4.0, "MMLU-PRO": 5.0, "Upload To Hub Date": "2024-05-01",
        "Submission Date": "2024-06-01", "Base Model": "Removed",
    }


def page(offset, total):
    last = min(offset + 100, total)
    return {
        "features": [{"feature_idx": i, "name": name} for i, name in enumerate(row(0))],
        "rows": [{"row_idx": i, "row": row(i), "truncated_cells": []} for i in range(offset, last)],
        "num_rows_total": total, "num_rows_per_page": 100, "partial": False,
    }


def model(name):
    parents = {"owner/model-0": "base/root", "base/root": "base/older"}
    found = {"id": name, "createdAt": "2024-01-02T03:04:05.000Z", "likes": 7, "tags": [],
             "safetensors": {"total": 1500000000}, "cardData": {"license": "mit"}}
    if name in parents:
        found["baseModels"] = {"relation": "finetune", "models": [{"id": parents[name]}]}
    if name == "owner/model-3":
        found["id"] = "owner/renamed-3"
    if name == "owner/model-5":
        found["evalResults"] = [{"dataset": {"id": "exam/hard", "task_id": "diamond"}, "value": 0.33, "date": "2026-05-01"}]
    return None if name == "owner/model-1" else found


BOARDS = {
    "exam/hard": [{"rank": 1, "modelId": "owner/model-0", "value": 0.412, "verified": True, "notes": "no tools",
                   "source": {"url": "https://x.org/1"}},
                  {"rank": 2, "modelId": "new/model", "value": 0.05, "verified": False, "filename": "a.yaml"},
                  {"rank": 3, "modelId": "no name", "value": 0.01}, {"rank": 4, "modelId": "new/empty", "value": None}],
    "exam/percent": [{"rank": 1, "modelId": "new/model", "value": 61.5},
                     {"rank": 2, "modelId": "owner/model-0", "value": 0.9}],
    "exam/closed": None, "exam/junk": "junk",
}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def good(self):
        address = urllib.parse.urlparse(self.path)
        query = urllib.parse.parse_qs(address.query)
        path = address.path.removeprefix("/moved")
        if path.startswith("/rows"):
            if self.headers.get("If-None-Match") == '"one"':
                return self.answer(304, b"")
            word, count = mode()
            total = count if word in ("few", "heavy") else ROWS + (done if word == "growing" else 0)
            rows = json.dumps(page(int(query["offset"][0]), total))
            return self.answer(200, rows.ljust(900000 if word == "heavy" else 0).encode(), ETag='"one"')
        if path == "/api/datasets":
            names = list(BOARDS)
            half = names[2:] if "cursor" in query else names[:2]
            more = {} if "cursor" in query else {
                "Link": f'<http://127.0.0.1:{self.server.server_port}{self.path}&cursor=x>; rel="next"'}
            return self.answer(200, json.dumps([{"id": name} for name in half]).encode(), **more)
        if path.startswith("/api/datasets/"):
            board = BOARDS.get(path.removeprefix("/api/datasets/").removesuffix("/leaderboard"))
            if self.headers.get("If-None-Match") == '"board"':
                return self.answer(304, b"")
            if board is None:
                return self.answer(403, b"{}")
            return self.answer(200, b'{"error"' if board == "junk" else json.dumps(board).encode(), ETag='"board"')
        if path.startswith("/datasets/"):
            if path == "/datasets/exam/hard/resolve/main/eval.yaml":
                return self.answer(200, b"name: Hard\ntasks:\n- id: diamond\n  config: default\n- id: other\n")
            return self.answer(404, b"Entry not found")
        if path == "/api/models":
            parent = query["filter"][0].removeprefix("base_model:")
            if mode()[0] == "no-list" and parent == "owner/model-4":
                return self.answer(200, b"<html>")
            if mode()[0] == "endless-list" and parent == "owner/model-4":
                return self.answer(200, b"[]", Link=f'<http://127.0.0.1:{self.server.server_port}{self.path}>; rel="next"')
            children = [f"child/{parent[6:]}-{'b' if 'cursor' in query else 'a'}"] if parent == "owner/model-2" else []
            found = [{"id": child, "tags": ["base_model:" + parent, "base_model:adapter:" + parent]} for child in children]
            more = {} if "cursor" in query or not children else {
                "Link": f'<http://127.0.0.1:{self.server.server_port}{self.path}&cursor=x>; rel="next"'}
            return self.answer(200, json.dumps(found).encode(), **more)
        if mode()[0] == "nonsense" and path == "/api/models/owner/model-7":
            return self.answer(200, b'{"id": "owner/mo')
        if mode()[0] == "large-model" and path == "/api/models/owner/model-7":
            return self.answer(200, b" " * (2 << 20))
        found = model(path.removeprefix("/api/models/"))
        if mode()[0] == "one-for-all":
            found = model("owner/model-9")
        if found is None:
            return self.answer(401, b'{"error": "Invalid username or password."}')
        return self.answer(200, json.dumps(found).encode())

    def do_GET(self):
        global done
        with open(os.path.join(folder, "log"), "a") as log:
            log.write(f"{self.path} {self.headers.get('Authorization', '-')}\n")
        word, count = mode()
        first = done < count
        done += 1
        if word == "slow-down" and first:
            self.answer(429, b"", Retry_After="0")
        elif (word == "broken" and first) or (word == "breaking" and not first):
            self.answer(500, b"{}")
        elif word == "cut" and first:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
        elif word == "short" and first:
            self.answer(200, b'{"rows":', Content_Length="1000")
        elif word == "away":
            self.answer(302, b"", Location=f"http://localhost:{self.server.server_port}{self.path}")
        elif word == "round":
            self.answer(302, b"", Location=self.path)
        elif word == "moved" and not self.path.startswith("/moved"):
            self.answer(307, b"", Location="/moved" + self.path)
        elif word == "unasked":
            self.answer(304, b"")
        elif word == "header":
            self.answer(200, b"{}", X_Long="x" * 200000)
        elif word == "headers":
            self.answer(200, b"{}", **{f"X_{i}": "x" * 1000 for i in range(90)})
        elif word == "junk":
            self.answer(200, b'{"rows": [}')
        elif word == "private":
            self.answer(401, b"{}")
        elif word == "empty":
            self.answer(200, json.dumps(page(0, 0)).encode())
        elif word == "foreign":
            self.answer(200, b'{"rows": [{"row": {"fullname": "a/b", "colour": "red"}}], "num_rows_total": 1}')
        elif word == "bomb":
            self.answer(200, gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip")
        elif word in ("endless", "drip"):
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b" " * (1 if word == "drip" else 65536))
                time.sleep(1 if word == "drip" else 0)
        else:
            self.good()


def mode():
    global done
    with open(os.path.join(folder, "mode")) as file:
        words = file.read().split()
    if words[0] == "new":  # counts from here
        done = 0
        words = words[1:]
        with open(os.path.join(folder, "mode"), "w") as file:
            file.write(" ".join(words))
    return words[0], int(words[1]) if len(words) > 1 else 0


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
with open(os.path.join(folder, "port.new"), "w") as port:
    port.write(str(server.server_port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
server.serve_forever()
