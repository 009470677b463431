"""tuspy, driven line by line: a command a line, answered with a line of JSON, {"ok": …} or {"error": "…"}."""

import hashlib
import json
import os
import random
import sys
import tempfile

from tusclient.client import TusClient

HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def photo(seed, length):
    """Bytes that begin as a JPEG does and go on as the seed has it."""
    return (HEAD + random.Random(seed).randbytes(length))[:length]


def upload(command):
    """Uploads a photo, with the uploader's options as they are; `stop` leaves it when so many bytes are there."""
    whole = photo(command["seed"], command["length"])
    sha256 = hashlib.sha256(whole).hexdigest()
    client = TusClient(command["server"] + "/v1/blobs", headers={"Authorization": "Bearer " + command["token"]})
    metadata = {"sha256": sha256, "filetype": "image/jpeg", "filename": "photo.jpg"}
    with tempfile.NamedTemporaryFile() as file:
        file.write(whole)
        file.flush()
        uploader = client.uploader(file.name, metadata=metadata, retries=200, retry_delay=0.05, **command["options"])
        begun_at = uploader.offset
        uploader.upload(stop_at=command.get("stop"))
    return {"sha256": sha256, "url": uploader.url, "begun_at": begun_at, "offset": uploader.offset}


def main():
    print(json.dumps({"ok": "ready"}), flush=True)
    for line in sys.stdin:
        try:
            answer = {"ok": upload(json.loads(line))}
        # Whatever it is, the test is told and decides.
        except Exception as error:
            status = getattr(error, "status_code", None)
            answer = {"error": f"{type(error).__name__}: {error}", "status": status}
        print(json.dumps(answer), flush=True)
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
