"""A hub on the loopback interface: as much of its protocol as downloads and pushes need."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_LARGE = 100_000


class SmallHub:
    """Serves files of repositories.

    Args:
        port: Where; any that is free if 0.

    Attributes:
        files: (repo, revision, file) to content.
        commits: (repo, branch) to the commit whose files it has; itself where it isn't there.
        gated: Repositories that want their terms accepted.
        cut_off: Whether downloads break half-way.
        corrupt: Whether downloads arrive changed.
        knows_ranges: Whether a part of a file can be asked for.
        ranges: Where the parts began that were asked for.
        go: While not set, downloads of large files stand still half-way.
        discussions: repo to its pull requests.
        asked: Paths that were asked for.
        owners: Token to the owner it may write for.
        private: Repositories that were made private.
        stored: Contents of large files by hash, until a commit names them.
        tokens: Tokens that were sent.
    """

    def __init__(self, port=0):
        self.files = {}
        self.commits = {}
        self.gated = set()
        self.cut_off = False
        self.corrupt = False
        self.knows_ranges = True
        self.ranges = []
        self.go = threading.Event()
        self.go.set()
        self.discussions = {}
        self.asked = []
        self.owners = {}
        self.private = set()
        self.repositories = set()
        self.stored = {}
        self.tokens = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._server.hub = self
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


class _Handler(BaseHTTPRequestHandler):
    @property
    def hub(self):
        return self.server.hub

    def do_HEAD(self):
        self.answer(with_body=False)

    def do_GET(self):
        self.answer(with_body=True)

    def answer(self, *, with_body):
        path = self.path.partition("?")[0]
        self.hub.asked.append(path)
        if path == "/api/whoami-v2":
            self.answer_whoami()
            return
        if "/tree/" in path:
            self.answer_tree(path)
            return
        if path.startswith("/api/models/"):
            self.answer_api(path)
            return
        repo, _, rest = path.strip("/").partition("/resolve/")
        revision, _, file = rest.replace("refs%2Fpr%2F", "refs~pr~").partition("/")
        revision = revision.replace("~", "/").replace(COMMIT, "main")
        commit = self.hub.commits.get((repo, revision), revision)
        content = self.hub.files.get((repo, commit, file))
        if content is None and not any(key[:2] == (repo, commit) for key in self.hub.files):
            self.refuse(*(self.hub.refusal(repo, b"") or (404, "RevisionNotFound")))
            return
        refusal = self.hub.refusal(repo, content)
        if content is None or refusal:
            self.refuse(*refusal)
            return
        begin = self.asked_begin() if with_body else 0
        self.send_response(206 if begin else 200)
        self.send_header("X-Repo-Commit", commit if len(commit) == len(COMMIT) else COMMIT)
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.send_header("Content-Length", str(len(content) - begin))
        if begin:
            end = len(content)
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{end}")
        self.end_headers()
        if with_body:
            self.send_body(content, begin)

    def asked_begin(self):
        asked = self.headers.get("Range")
        if asked is None:
            return 0
        begin = int(asked.removeprefix("bytes=").partition("-")[0])
        self.hub.ranges.append(begin)
        return begin if self.hub.knows_ranges else 0

    def send_body(self, content, begin):
        body = bytes(len(content)) if self.hub.corrupt else content
        half = max(begin, len(content) // 2)
        try:
            self.wfile.write(body[begin:half])
            self.wfile.flush()
            if len(content) > _LARGE:
                self.hub.go.wait(60)
            if not self.hub.cut_off:
                self.wfile.write(body[half:])
        except OSError:
            self.close_connection = True  # who asked is gone

    def answer_api(self, path):
        repo = path.removeprefix("/api/models/").removesuffix("/discussions")
        is_known = repo in self.hub.repositories or any(
            name == repo for name, _, _ in self.hub.files
        )
        if not path.endswith("/discussions") and not is_known:
            self.refuse(404, "RepoNotFound")
            return
        found = self.hub.discussions.get(repo, [])
        self.say({"discussions": found, "count": len(found), "start": 0})

    def say(self, values, status=200):
        body = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def owner(self):
        """Whom the token of this request belongs to."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.hub.tokens.add(token)
        return self.hub.owners.get(token)

    def answer_whoami(self):
        if self.owner() is None:
            self.say({"error": "Invalid username or password."}, 401)
        else:
            self.say({"name": self.owner(), "type": "user"})

    def answer_tree(self, path):
        repo = path.removeprefix("/api/models/").partition("/tree/")[0]
        files = {file: body for (known, _, file), body in self.hub.files.items() if known == repo}
        if not files and repo not in self.hub.repositories:
            self.refuse(404, "RepoNotFound")
            return
        self.say(
            [{"type": "file", "path": f, "size": len(b), "oid": "0"} for f, b in files.items()]
        )

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_PUT(self):
        self.hub.go.wait(60)
        content = self.body()
        self.hub.stored[hashlib.sha256(content).hexdigest()] = content
        self.say({})

    def do_POST(self):
        path, body = self.path.partition("?")[0], self.body()
        self.hub.asked.append(path)
        if path == "/api/repos/create":
            asked = json.loads(body)
            repo = f"{asked.get('organization') or self.owner()}/{asked['name']}"
            if repo.partition("/")[0] != self.owner():
                self.say({"error": "You don't have the rights to create a model"}, 403)
                return
            self.hub.repositories.add(repo)
            if asked.get("private") or asked.get("visibility") == "private":
                self.hub.private.add(repo)
            self.say({"url": f"{self.hub.address}/{repo}", "id": repo, "name": repo})
        elif path == "/api/validate-yaml":
            self.say({"errors": [], "warnings": []})
        elif "/preupload/" in path:
            files = json.loads(body)["files"]
            self.say({"files": [self.mode(each) for each in files]})
        elif path.endswith("/objects/batch"):
            objects = json.loads(body)["objects"]
            self.say({"transfer": "basic", "objects": [self.placed(each) for each in objects]})
        elif "/commit/" in path:
            self.commit(path, body)
        else:
            self.refuse(404, "EntryNotFound")

    def mode(self, asked):
        is_large = asked["path"].endswith((".safetensors", ".onnx", ".pt2"))
        mode = "lfs" if is_large else "regular"
        return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False, "oid": None}

    def placed(self, asked):
        upload = {"href": f"{self.hub.address}/store/{asked['oid']}"}
        return {**asked, "actions": {"upload": upload}}

    def commit(self, path, body):
        repo = path.removeprefix("/api/models/").partition("/commit/")[0]
        for line in body.splitlines():
            told = json.loads(line)
            values = told["value"]
            if told["key"] == "file":
                self.hub.add(repo, values["path"], base64.b64decode(values["content"]))
            elif told["key"] == "lfsFile":
                self.hub.add(repo, values["path"], self.hub.stored[values["oid"]])
        url = f"{self.hub.address}/{repo}/commit/{COMMIT}"
        self.say({"success": True, "commitUrl": url, "commitOid": COMMIT, "pullRequestUrl": None})

    def refuse(self, status, code):
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass
