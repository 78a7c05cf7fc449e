# SPDX-License-Identifier: Apache-2.0
"""Generates the Python code of the API anew, as a user of it would."""

import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
PROTO = os.path.join(ROOT, "proto")
# Of Debian's grpc-proto.
GRPC_PROTO = "/usr/share/grpc-proto"


def _protoc(include, out, files, *arguments):
    subprocess.run(["protoc", "-I", include, f"--python_out={out}",
                    *arguments, *files], check=True,
                   stdin=subprocess.DEVNULL)


def generate(out):
    """Code for rowan.v1 below `out`, importable from there."""
    plugin = shutil.which("grpc_python_plugin")
    _protoc(PROTO, out, sorted(glob.glob(f"{PROTO}/rowan/v1/*.proto")),
            f"--grpc_out={out}", f"--plugin=protoc-gen-grpc={plugin}")


def _load(out, name):
    """A module by its file: its package would hide an installed one."""
    path = os.path.join(out, name)
    module = os.path.basename(name)[:-len(".py")]
    spec = importlib.util.spec_from_file_location(module, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Generated:
    """rowan.v1, and the messages of health, reflection and rich errors."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="rowan-generated-")
        generate(self.folder)
        sys.path.insert(0, self.folder)
        for include, names in (
                (PROTO, ["google/rpc/status", "google/rpc/error_details"]),
                (GRPC_PROTO, ["grpc/health/v1/health",
                              "grpc/reflection/v1alpha/reflection"])):
            for name in names:
                _protoc(include, self.folder, [f"{include}/{name}.proto"])
        self.rpc_status = _load(self.folder, "google/rpc/status_pb2.py")
        self.error_details = _load(self.folder,
                                   "google/rpc/error_details_pb2.py")
        self.health = _load(self.folder, "grpc/health/v1/health_pb2.py")
        self.reflection = _load(
            self.folder, "grpc/reflection/v1alpha/reflection_pb2.py")

    def remove(self):
        sys.path.remove(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
