"""Drives a Backend.AI site with the official client and says, line by line, what it did.

Started by scripts/conformance.mjs in a virtual environment that holds `backend.ai-client`. Every line on stdout is a
JSON object {"step", "ok", "note"}; the exit code is 1 when a step failed.
"""

import asyncio
import json
import os
import pty
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import asynccontextmanager
from pathlib import Path

from ai.backend.client.config import APIConfig
from ai.backend.client.output.types import FieldSpec
from ai.backend.client.session import AsyncSession

site = json.loads(os.environ["BERTH_SITE"])
mode = sys.argv[1]
failures = 0
FIELDS = [FieldSpec(field) for field in ("session_id", "name", "type", "status", "result", "image", "created_at")]


def tell(step, ok, note=""):
    global failures
    failures += not ok
    print(json.dumps({"step": f"{mode}: {step}", "ok": ok, "note": note}), flush=True)


@asynccontextmanager
async def step(name):
    notes = []
    try:
        yield lambda *words: notes.extend(words)
        tell(name, True, " ".join(str(note) for note in notes))
    except Exception as error:
        tell(name, False, f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-4)}")


def need(condition, words):
    if not condition:
        raise AssertionError(words)


def config(**more):
    common = dict(domain="default", group="default", hash_type="sha256", version=None)
    if mode == "api":
        return APIConfig(
            endpoint=site["endpoint"],
            endpoint_type="api",
            access_key=site["accessKey"],
            secret_key=site["secretKey"],
            **common,
        )
    return APIConfig(endpoint=site["webserver"], endpoint_type="session", access_key="", secret_key="", **common)


async def sign_in(api):
    if mode == "api":
        answer = await api.User.authorize(site["email"], site["password"])
        return getattr(answer, "access_key", None) or answer.content["access_key"]
    refused = await api.Auth.login(site["email"], "wrong")
    need(refused["authenticated"] is False, "a wrong password was taken")
    answer = await api.Auth.login(site["email"], site["password"])
    need(answer["authenticated"] is True, answer)
    api.aiohttp_session.cookie_jar.update_cookies(answer["cookies"])
    return answer["data"]["access_key"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def login_on_terminal(tool, environment):
    """`backend.ai login` asks on a terminal only, so it gets one."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(tool, [tool, "login"], environment)
    said = b""
    answers = [(b"User ID:", site["email"]), (b"Password:", site["password"])]
    while True:
        try:
            said += os.read(terminal, 1024)
        except OSError:
            break
        if answers and answers[0][0] in said:
            os.write(terminal, (answers.pop(0)[1] + "\n").encode())
    _, status = os.waitpid(pid, 0)
    need(status == 0 and b"succeeded" in said, said.decode(errors="replace"))


async def ssh_through(api, name, folder):
    """`backend.ai app NAME sshd`, then OpenSSH's own client through it, with the key from the session's home."""
    await api.ComputeSession(name).download(["id_container"], folder)
    key = folder / "id_container"
    os.chmod(key, 0o600)
    port = free_port()
    environment = {
        **os.environ,
        "BACKEND_ENDPOINT": site["endpoint"] if mode == "api" else site["webserver"],
        "BACKEND_ENDPOINT_TYPE": "api" if mode == "api" else "session",
        "BACKEND_ACCESS_KEY": site["accessKey"],
        "BACKEND_SECRET_KEY": site["secretKey"],
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    tool = str(Path(sys.executable).with_name("backend.ai"))
    if mode == "session":
        await asyncio.to_thread(login_on_terminal, tool, environment)
    proxy = subprocess.Popen(
        [tool, "app", name, "sshd", "-b", f"127.0.0.1:{port}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        for _ in range(100):
            await asyncio.sleep(0.2)
            need(proxy.poll() is None, f"backend.ai app ended: {proxy.poll() is not None and proxy.stdout.read().decode()}")
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                pass
        ssh = [
            "ssh", "-F", "none", "-i", str(key), "-p", str(port), "-o", "StrictHostKeyChecking=no",
            "-o", f"UserKnownHostsFile={folder}/known_hosts", "-o", "BatchMode=yes", "work@127.0.0.1",
            "echo $BACKENDAI_SESSION_NAME; head -c 3000000 /dev/zero | wc -c",
        ]
        done = await asyncio.to_thread(subprocess.run, ssh, capture_output=True, timeout=40, text=True)
        need(done.stdout.split() == [name, "3000000"], f"{done.returncode} {done.stdout!r} {done.stderr!r}")
        return "ssh answered, 3 MB came whole"
    finally:
        proxy.terminate()
        proxy.wait(10)


async def drive(api, folder):
    name = f"conformance-{mode}"
    vfolder = f"conformance-{mode}"
    async with step("sign in") as note:
        need(await sign_in(api) == site["accessKey"], "another access key")
        note(f"API v{api.api_version[0]}.{api.api_version[1]}")
    async with step("versions") as note:
        note(await api.System.get_versions())
    image = None
    async with step("images") as note:
        images = await api.Image.list()
        need(images, "no images")
        shell = [one for one in images if "shell" in one["name"]][0]
        image = f"{shell['registry']}/{shell['name']}:{shell['tag']}"
        note(len(images))
    async with step("presets, slots, resource groups") as note:
        presets = await api.Resource.list()
        need(presets["presets"], "no presets")
        checked = await api.Resource.check_presets("default", "default")
        need(checked["scaling_groups"]["default"], "no resource group")
        groups = await api.ScalingGroup.list_available("default")
        slots = await api.Resource.get_resource_slots()
        note(list(slots), [one["name"] for one in groups])
    async with step("keypair, policy, user, project, domain"):
        await api.KeyPair(site["accessKey"]).info()
        await api.KeypairResourcePolicy(site["accessKey"]).info("default")
        await api.User.detail(site["email"])
        await api.Group.list("default")
        await api.Domain.detail("default")
    async with step("create a folder, upload, list, download"):
        await api.VFolder.create(vfolder)
        need(any(one["name"] == vfolder for one in await api.VFolder.list()), "not in the list")
        source = folder / "from"
        (source / "deep").mkdir(parents=True)
        big = os.urandom(3_000_000)
        (source / "big.bin").write_bytes(big)
        (source / "deep" / "small.txt").write_text("small\n")
        await api.VFolder(vfolder).mkdir("made/by/hand", parents=True)
        await api.VFolder(vfolder).upload([source / "big.bin"], basedir=source)
        await api.VFolder(vfolder).upload([source / "deep" / "small.txt"], basedir=source)
        listed = await api.VFolder(vfolder).list_files(".")
        names = sorted(one["name"] for one in listed["items"])
        need(names == ["big.bin", "deep", "made"], names)
        target = folder / "to"
        target.mkdir()
        await api.VFolder(vfolder).download(["big.bin"], basedir=target)
        need((target / "big.bin").read_bytes() == big, "the download differs")
        await api.VFolder(vfolder).rename_file("deep/small.txt", "renamed.txt")
        await api.VFolder(vfolder).delete_files(["deep"], recursive=True)
    async with step("create a session with the folder and wait for it") as note:
        session = await api.ComputeSession.get_or_create(
            image, name=name, type_="interactive", enqueue_only=False, max_wait=60, mounts=[vfolder],
            resources={"cpu": 1, "mem": "512m"}, envs={"WHERE": "conformance"}, preopen_ports=[9090],
            cluster_size=1, cluster_mode="single-node", group_name="default", domain_name="default",
        )
        for _ in range(100):
            if session.status == "RUNNING":
                break
            await asyncio.sleep(0.2)
            session.status = (await api.ComputeSession(name).get_info())["status"]
        need(session.status == "RUNNING", session.status)
        need(session.created, "reused")
        note(session.id)
    async with step("list, detail, info, apps, logs, status history"):
        page = await api.ComputeSession.paginated_list("RUNNING", fields=FIELDS)
        need(any(one["name"] == name for one in page.items), "not in the list")
        info = await api.ComputeSession(name).get_info()
        need(info["status"] == "RUNNING", info)
        apps = await api.ComputeSession(name).stream_app_info()
        need({"sshd", "9090"} <= {one["name"] for one in apps}, apps)
        logs = await api.ComputeSession(name).get_logs()
        need("logs" in logs["result"], logs)
        if hasattr(api.ComputeSession, "get_status_history"):
            try:
                await api.ComputeSession(name).get_status_history()
            except Exception as error:
                # The route is younger than the older of the two managers.
                need(site["manager"] == "legacy", error)
    async with step("files of the session"):
        (folder / "up.txt").write_text("up\n")
        await api.ComputeSession(name).upload([folder / "up.txt"], basedir=folder)
        files = json.loads((await api.ComputeSession(name).list_files("."))["files"])
        found = {one["filename"] for one in files}
        need({"up.txt", "id_container", vfolder} <= found, found)
    async with step("app sshd and a real ssh through it") as note:
        note(await ssh_through(api, name, folder))
    async with step("rename, and events until the end") as note:
        seen = []
        await api.ComputeSession(name).rename(f"{name}-renamed")

        async def listen():
            async with api.ComputeSession(f"{name}-renamed").listen_events() as events:
                async for event in events:
                    seen.append(event.event)
                    if "terminated" in event.event:
                        return

        listening = asyncio.create_task(listen())
        await asyncio.sleep(1)
        await api.ComputeSession(f"{name}-renamed").destroy()
        await asyncio.wait_for(listening, 20)
        note(seen)
    async with step("a batch session ends with success"):
        job = await api.ComputeSession.get_or_create(
            image, name=f"{name}-job", type_="batch", startup_command="echo done", enqueue_only=True,
            resources={"cpu": 1, "mem": "512m"}, group_name="default", domain_name="default",
        )
        for _ in range(150):
            await asyncio.sleep(0.2)
            page = await api.ComputeSession.paginated_list("TERMINATED,CANCELLED,ERROR", fields=FIELDS)
            ended = [one for one in page.items if one["name"] == f"{name}-job"]
            if ended:
                need(ended[0]["result"] == "SUCCESS", ended)
                break
        else:
            raise AssertionError(f"{job.id} did not end")
    async with step("user files: dotfiles"):
        await api.Dotfile.create("echo hi", f".conformance-{mode}", "644")
        need(await api.Dotfile.list_dotfiles(), "no dotfile")
        await api.Dotfile(f".conformance-{mode}").delete()
    async with step("delete the folder"):
        await api.VFolder(vfolder).delete()
    async with step("what is refused is refused"):
        from ai.backend.client.exceptions import BackendAPIError

        for attempt in (
            api.ComputeSession("no-such-session").get_info(),
            api.VFolder("no-such-folder").list_files("."),
            api.ComputeSession.get_or_create("no/such/image:1", name="never-made", resources={"cpu": 1, "mem": "1g"}),
        ):
            try:
                await attempt
            except BackendAPIError as error:
                need(400 <= error.status < 500, error)
            else:
                raise AssertionError("it was not refused")
    if mode == "session":
        async with step("sign out"):
            await api.Auth.logout()


async def main():
    with tempfile.TemporaryDirectory(prefix="berth-conformance-") as folder:
        async with AsyncSession(config=config()) as api:
            await drive(api, Path(folder))


asyncio.run(main())
sys.exit(1 if failures else 0)
