"""The library below llama.cpp: its kernels, what they were compiled for, and the devices that they find."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import Any

from offline_digest.engines.llama.build import Build, Device
from offline_digest.errors import ModelUnusable

_FEATURE = re.compile(r"(\w+) = 1\b")
_GPUS = (1, 2)  # GGML_BACKEND_DEVICE_TYPE_GPU, …_IGPU: with a memory of its own, with that of the machine


def load_kernels(api: Any) -> Any:  # noqa: ANN401 (the module llama_cpp; the library of ctypes)
    """Return ggml as llama.cpp uses it, with the kernels of a portable build loaded, which are files of their own beside the library.

    Left alone, llama.cpp looks for such files beside the program of Python and in the working directory, where anybody may have put one.

    Raises:
        ModelUnusable: None of them runs on this CPU.
    """
    library = api.llama_cpp._lib  # noqa: SLF001 (a copy of ggml opened by another name would have a list of kernels of its own)
    if os.name == "nt":  # where a library does not give out the functions of those that it needs
        from llama_cpp import _ggml

        library = _ggml.libggml
    if library.ggml_backend_reg_count():
        return library
    folder = Path(library._name).parent  # noqa: SLF001 (where ctypes opened it)
    library.ggml_backend_load_all_from_path(ctypes.c_char_p(os.fsencode(folder)))
    if not library.ggml_backend_reg_count():
        raise ModelUnusable(f"No kernels for this CPU lie in {folder}.", "Install a build of llama-cpp-python for this machine.")
    return library


def kernel_features(api: Any) -> tuple[str, ...]:  # noqa: ANN401 (the module llama_cpp)
    """Return what the loaded kernels were compiled for, in llama.cpp's words, such as `AVX2`."""
    return tuple(_FEATURE.findall(api.llama_print_system_info().decode("utf-8", "replace")))


class BuildService:
    """The child's side of `build.installed_build`."""

    def describe(self) -> Build:
        """Return what llama.cpp says of itself; loads the library, and no model."""
        import llama_cpp

        self._silence = llama_cpp.llama_log_callback(lambda _level, _text, _data: None)  # kept, or ctypes frees it under llama.cpp
        llama_cpp.llama_log_set(self._silence, ctypes.c_void_p(0))
        libggml = load_kernels(llama_cpp)
        llama_cpp.llama_backend_init()
        libggml.ggml_backend_dev_count.restype = ctypes.c_size_t
        libggml.ggml_backend_dev_get.restype = ctypes.c_void_p
        devices = []
        for n in range(libggml.ggml_backend_dev_count()):
            device = ctypes.c_void_p(libggml.ggml_backend_dev_get(ctypes.c_size_t(n)))
            texts = []
            for ask in (libggml.ggml_backend_dev_name, libggml.ggml_backend_dev_description):
                ask.restype = ctypes.c_char_p
                texts.append((ask(device) or b"").decode("utf-8", "replace"))
            devices.append(Device(name=texts[0], description=texts[1], is_gpu=libggml.ggml_backend_dev_type(device) in _GPUS))
        return Build(version=llama_cpp.__version__, features=kernel_features(llama_cpp), devices=tuple(devices))
