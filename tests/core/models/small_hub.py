"""A hub on the loopback interface: as much of its protocol as a download needs."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class SmallHub:
    """Serves files of repositories.

    Attributes:
        files: (repo, revision, file) to content.
        gated: Repositories that want their terms accepted.
        cut_off: Whether downloads break half-way.
        discussions: repo to its pull requests.
        asked: Paths that were asked for.
    """

    def __init__(self):
        self.files = {}
        self.gated = set()
        self.cut_off = False
        self.discussions = {}
        self.asked = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()

    def add(self, repo, file, content, revision="main"):
        self.files[repo, revision, file] = content

    def refusal(self, repo, content):
        """Status and code when a file is not handed out."""
        if repo in self.gated:
            return 403, "GatedRepo"
        if not any(known == repo for known, _, _ in self.files):
            return 404, "RepoNotFound"
        return (404, "EntryNotFound") if content is None else None

    def _handler(self):
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.answer(with_body=False)

            def do_GET(self):
                self.answer(with_body=True)

            def answer(self, *, with_body):
                path = self.path.partition("?")[0]
                hub.asked.append(path)
                if path.startswith("/api/models/"):
                    self.answer_api(path)
                    return
                repo, _, rest = path.strip("/").partition("/resolve/")
                revision, _, file = rest.replace("refs%2Fpr%2F", "refs~pr~").partition("/")
                content = hub.files.get((repo, revision.replace("~", "/"), file))
                refusal = hub.refusal(repo, content)
                if content is None or refusal:
                    self.refuse(*refusal)
                    return
                self.send_response(200)
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if with_body:
                    self.wfile.write(content[: len(content) // 2] if hub.cut_off else content)

            def answer_api(self, path):
                repo = path.removeprefix("/api/models/").removesuffix("/discussions")
                found = hub.discussions.get(repo, [])
                body = json.dumps({"discussions": found, "count": len(found), "start": 0}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def refuse(self, status, code):
                self.send_response(status)
                self.send_header("X-Error-Code", code)
                self.send_header("X-Repo-Commit", COMMIT)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        return Handler
