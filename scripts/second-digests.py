#!/usr/bin/env python3
"""Reproduces every digest that sealed sets and notebooks name from the files alone, as docs/digests.md says, standard library only.

    scripts/second-digests.py DIR…                   sealed sets and attempts of a notebook
    scripts/second-digests.py --installation ROOT DIR…  the contract's and the harness's digests as well

Prints one line per digest that differs, then how many of each kind were reproduced; exits 1 when one differs.
"""
import base64
import collections
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
_spec = importlib.util.spec_from_file_location("second_jcs", HERE / "second-jcs.py")
_jcs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_jcs)
jcs = _jcs.canonical

reproduced = collections.Counter()
differing = []


def digest(*parts):
    return hashlib.sha256(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)).hexdigest()


def same(name, place, named, computed):
    reproduced[name] += 1
    if named != computed:
        differing.append(f"{place}: {name} is named {named}, computed {computed}")


def without(value, *names):
    return {key: member for key, member in value.items() if key not in names}


def tree_hash(entries):
    return digest("rch-xcode-lane/tree_hash/v1\n", jcs(entries))


def sorted_arrays(value):
    if isinstance(value, list):
        return sorted((sorted_arrays(item) for item in value), key=lambda item: jcs(item).encode())
    return {key: sorted_arrays(member) for key, member in value.items()} if isinstance(value, dict) else value


def capabilities_sha256(said):
    names = "protocol_min protocol_max contract_versions features verbs limits roots xcodes runtimes device_types backends identity"
    picked = {name: said[name] for name in names.split()}
    picked["os"] = {name: said["os"][name] for name in ("version", "build", "arch")}
    return digest("rch-xcode-worker/capabilities_sha256/v1\n", jcs(sorted_arrays(picked)))


def slot_key(inputs, toolchain, index):
    model = next(step["model"] for step in inputs["steps"] if step["index"] == index)
    key = {name: model[name] for name in ("container", "sdk", "build_settings")}
    key["toolchain"] = f"xcode_{toolchain['xcode_build']}__macos_{toolchain['macos_version'].split('.')[0]}__{toolchain['arch']}"
    key["source"] = {name: inputs["source"][name] for name in ("mode", "submodules", "lfs")}
    return digest("rch-xcode-lane/slot_key/v1\n", jcs(key))


class Folder:
    def __init__(self, path):
        self.path = pathlib.Path(path)

    def bytes(self, name):
        return (self.path / name).read_bytes()

    def has(self, name):
        return (self.path / name).exists()

    def json(self, name):
        return json.loads(self.bytes(name))

    def __str__(self):
        return str(self.path)


def check_request(at, place):
    request = at.json("job_request.json")
    job, config = request["job"], request["job"]["effective_config"]
    inputs, tree = config["inputs"], job["source_tree_hash"]
    same("job_request_sha256", place, request["job_request_sha256"], digest(
        "rch-xcode-lane/job_request_sha256/v1\n", jcs(without(request, "job_request_sha256", "job_request_signature"))))
    same("config_hash", place, job["config_hash"], digest("rch-xcode-lane/config_hash/v1\n", jcs(inputs)))
    same("run_id", place, job["run_id"], digest("rch-xcode-lane/run_id/v1\n", jcs(inputs), "\n", tree))
    same("job_key", place, job["job_key"], digest(jcs(job["job_key_inputs"])))
    same("slot_key", place, job["slot_key"], slot_key(inputs, job["job_key_inputs"]["toolchain"], job["index"]))
    policy = digest(jcs(request["classifier_policy"]))
    for name in ("job", "invocation", "decision"):
        same("classifier_policy_sha256", place, request[name]["classifier_policy_sha256"], policy)
    return request


def check_source(at, place):
    manifest = at.json("source_manifest.json")
    same("source_tree_hash", place, manifest["source_tree_hash"], digest(
        "rch-xcode-lane/source_tree_hash/v1\n", jcs(manifest["entries"])))
    return manifest["source_tree_hash"]


def check_set(at):
    place = str(at)
    request = check_request(at, place)
    tree = check_source(at, place)
    job, config = at.json("job.json"), at.json("effective_config.json")
    run_id, key = job["run_id"], digest(at.bytes("job_key_inputs.json"))
    same("source_tree_hash", place, job["source_tree_hash"], tree)
    same("source_tree_hash", place, at.json("job_key_inputs.json")["source_tree_hash"], tree)
    same("source_tree_hash", place, at.json("stage_receipt.json")["source_tree_hash"], tree)
    same("config_hash", place, job["config_hash"], digest("rch-xcode-lane/config_hash/v1\n", jcs(config["inputs"])))
    same("run_id", place, run_id, digest("rch-xcode-lane/run_id/v1\n", jcs(config["inputs"]), "\n", tree))
    same("source_manifest.sha256", place, request["source_manifest"]["sha256"], digest(at.bytes("source_manifest.json")))
    for name in ("job.json", "decision.json", "invocation.json"):
        same("classifier_policy_sha256", f"{place}/{name}", at.json(name)["classifier_policy_sha256"], digest(at.bytes("classifier_policy.json")))
    capabilities = at.json("capabilities.json")
    same("capabilities_sha256", place, capabilities["capabilities_sha256"], capabilities_sha256(capabilities))
    for file in at.path.glob("*.json"):
        document = json.loads(file.read_bytes())
        if document.get("job_key") is not None:
            same("job_key", file, document["job_key"], key)
            same("run_id", file, document["run_id"], run_id)

    manifest = at.json("manifest.json")
    for entry in manifest["entries"]:
        if entry["type"] == "file":
            same("entry of a file", f"{place}/{entry['path']}", entry["sha256"], digest(at.bytes(entry["path"])))
            continue
        tree_document = at.json(f"artifact_trees/{entry['path']}.tree.json")
        same("entry of a directory", f"{place}/{entry['path']}", entry["sha256"], tree_hash(tree_document["entries"]))
        same("tree_sha256", f"{place}/{entry['path']}", tree_document["tree_sha256"], entry["sha256"])
        for leaf in tree_document["entries"]:
            if leaf["type"] == "file":
                same("entry of a file", f"{place}/{entry['path']}/{leaf['path']}", leaf["sha256"], digest(at.bytes(f"{entry['path']}/{leaf['path']}")))
    same("artifact_root_sha256", place, manifest["artifact_root_sha256"], digest(jcs(manifest["entries"])))
    check_events(at, place)
    check_seal(at, place, job, key, tree, capabilities)


def check_events(at, place):
    lines = at.bytes("events.ndjson").splitlines(keepends=True)
    complete = json.loads(lines[-1])
    stream = digest("rch-xcode-lane/events_stream/v1\n", b"".join(lines[:-1]))
    same("events_sha256", place, complete["events_sha256"], stream)
    same("events_sha256", place, at.json("summary.json")["events_sha256"], stream)
    previous = "0" * 64
    for line in lines[:-1]:
        event = json.loads(line)
        if event["type"] == "hello":
            same("job_request_sha256", place, event["job_request_sha256"], at.json("job_request.json")["job_request_sha256"])
        if "event_sha256" not in event:
            continue
        same("event_sha256", place, event["prev_event_sha256"], previous)
        previous = digest("rch-xcode-lane/event_chain/v1\n", previous, "\n", jcs(without(event, "prev_event_sha256", "event_sha256")))
        same("event_sha256", place, event["event_sha256"], previous)
    if complete["event_chain_head_sha256"] is not None:
        same("event_chain_head_sha256", place, complete["event_chain_head_sha256"], previous)


def check_seal(at, place, job, key, tree, capabilities):
    index, attestation = at.json("job_index.json"), at.json("attestation.json")
    same("manifest_sha256", place, index["manifest_sha256"], digest(at.bytes("manifest.json")))
    same("manifest_sha256", place, attestation["subject"][0]["digest"]["sha256"], index["manifest_sha256"])
    same("attestation_sha256", place, index["attestation_sha256"], digest(at.bytes("attestation.json")))
    same("job_index_sha256", place, index["job_index_sha256"], digest("rch-xcode-lane/job_index/v1\n", jcs(without(index, "job_index_sha256"))))
    said = attestation["predicate"]
    for name, value in (("run_id", job["run_id"]), ("job_key", key), ("source_tree_hash", tree), ("repo_key", job["repo_key"]),
                        ("job_request_sha256", at.json("job_request.json")["job_request_sha256"]),
                        ("classifier_policy_sha256", digest(at.bytes("classifier_policy.json"))),
                        ("capabilities_sha256", capabilities_sha256(capabilities))):
        same(name, f"{place}/attestation.json", said[name], value)
    same("harness_sha256", place, said["harness"]["sha256"], capabilities["harness_sha256"])
    if not at.has("attestation.sig"):
        return
    same("attestation_sig_sha256", place, index["attestation_sig_sha256"], digest(at.bytes("attestation.sig")))
    envelope, raw = at.json("attestation.sig"), base64.b64decode(said["worker"]["attestation_public_key_base64"])
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-ed25519", raw))
    fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    same("fingerprint of a key", place, said["worker"]["attestation_key_fingerprint"], fingerprint)
    same("fingerprint of a key", place, envelope["signatures"][0]["keyid"], fingerprint)
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
    same("payload of the signature", place, digest(payload), digest(at.bytes("attestation.json")))
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    same("signature", place, "valid", ed25519(raw, signed, base64.b64decode(envelope["signatures"][0]["sig"])))


def ed25519(raw, message, signature):
    """By OpenSSL 3: the public key in SubjectPublicKeyInfo."""
    with tempfile.TemporaryDirectory() as folder:
        files = {"key": bytes.fromhex("302a300506032b6570032100") + raw, "message": message, "signature": signature}
        for name, content in files.items():
            pathlib.Path(folder, name).write_bytes(content)
        words = "openssl pkeyutl -verify -pubin -inkey key -keyform DER -rawin -in message -sigfile signature".split()
        return "valid" if subprocess.run(words, cwd=folder, capture_output=True).returncode == 0 else "invalid"


def check_notebook(at):
    plan, tree = at.json("run_plan.json"), check_source(at, str(at))
    same("source_tree_hash", at, plan["source_tree_hash"], tree)
    capabilities = at.json("capabilities.json")
    same("capabilities_sha256", at, capabilities["capabilities_sha256"], capabilities_sha256(capabilities))
    same("capabilities_sha256", at, plan["capabilities_sha256"], capabilities["capabilities_sha256"])
    for step in plan["steps"]:
        folder = Folder(at.path / "steps" / f"{step['index']}-{step['action']}")
        request = check_request(folder, str(folder))
        same("config_hash", at, plan["config_hash"], request["job"]["config_hash"])
        same("run_id", at, plan["run_id"], request["run_id"])
        same("job_key", at, step["job_key"], request["job_key"])
        same("source_manifest.sha256", at, request["source_manifest"]["sha256"], digest(at.bytes("source_manifest.json")))
    if at.has("run_index.json"):
        for step in at.json("run_index.json")["steps"]:
            if step["job_index_path"] is not None:
                index = json.loads((at.path / step["job_index_path"]).read_bytes())
                same("job_index_sha256", at, step["job_index_sha256"], digest("rch-xcode-lane/job_index/v1\n", jcs(without(index, "job_index_sha256"))))


def check_installation(root, folders):
    schemas = {}
    for file in (root / "schemas/rch-xcode").glob("*.schema.json"):
        schema = json.loads(file.read_bytes())
        schemas[schema["$id"]] = schema
    contract, harness = digest(jcs(schemas)), tree_hash(harness_files(root))
    for at in folders:
        said = at.json("capabilities.json")
        for served in said["contract_versions"]:
            same("contract_sha256", at, served["contract_sha256"], contract)
        same("harness_sha256", at, said["harness_sha256"], harness)


def harness_files(root):
    entries = []

    def visit(path):
        file = root / path
        if file.is_symlink() or not file.exists():
            return
        if file.is_dir():
            for name in os.listdir(file):
                if name not in ("src", "test", "samples", "node_modules"):
                    visit(f"{path}/{name}")
        elif re.search(r"\.(js|json)$", path):
            content = file.read_bytes()
            entries.append({"path": path, "type": "file", "mode": "100644", "bytes": len(content), "sha256": digest(content)})

    for part in ("bin", "dist/bundle/worker", "dist/providers.json", "node_modules/@rch", "plugins"):
        visit(part)
    return sorted(entries, key=lambda entry: entry["path"].encode())


def main(words):
    installation = None
    if words[:1] == ["--installation"]:
        installation, words = pathlib.Path(words[1]), words[2:]
    if not words:
        print(__doc__)
        return 2
    folders = [Folder(word) for word in words]
    for at in folders:
        (check_set if at.has("job_index.json") else check_notebook)(at)
    if installation is not None:
        check_installation(installation, folders)
    for line in differing:
        print(line)
    if not differing:
        print(json.dumps(dict(sorted(reproduced.items()))))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
