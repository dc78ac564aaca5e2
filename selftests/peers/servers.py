# SPDX-License-Identifier: GPL-2.0
"""The daemons and their peers: how each is started for the same network.

A server is started by start(setup, pool) on interface lan of the namespace; what
it says is in its log. What cannot be run says why in missing().
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.environ.get("CLIENTS_ROOT", "")
PEERS = os.environ.get("PEERS_ROOT", "")
NETWORKD = ("dbus-daemon --system --fork --nopidfile; "
            "SYSTEMD_LOG_TARGET=console exec /usr/lib/systemd/systemd-networkd")


def directory():
    """For one that is no longer root too."""
    path = tempfile.mkdtemp()
    os.chmod(path, 0o755)
    return path


class Server:
    """One program, in the namespace of the gateway."""

    name = program = "?"
    root = None		# the system's own

    def __init__(self, space):
        self.space = space
        self.dir = directory()
        self.proc = None

    def missing(self):
        if self.root is None:
            return not shutil.which(self.program)
        return not os.path.exists(f"{self.root}/usr/sbin/{self.program}")

    def write(self, name, text):
        with open(f"{self.dir}/{name}", "w", encoding="utf-8") as f:
            f.write(text)

    def spawn(self, *words):
        command = ["ip", "netns", "exec", self.space]
        if self.root is not None:
            command += ["unshare", "-m", "--propagation", "private",
                        f"{HERE}/in_root", self.root, self.dir]
        with open(f"{self.dir}/log", "w", encoding="utf-8") as out:
            self.proc = subprocess.Popen([*command, *words], stdout=out,
                                         stderr=out,
                                         stdin=subprocess.DEVNULL)

    def log(self):
        with open(f"{self.dir}/log", encoding="utf-8", errors="replace") as f:
            return f.read()

    def end(self, sig=signal.SIGTERM):
        """Let it end as it does on an operator's word."""
        self.proc.send_signal(sig)
        try:
            self.proc.wait(20)
        except subprocess.TimeoutExpired:
            self.proc.kill()

    def stop(self):
        """End all that it started, and forget what it kept."""
        self.end()
        pids = subprocess.check_output(["ip", "netns", "pids", self.space],
                                       text=True).split()
        for pid in pids:
            os.kill(int(pid), signal.SIGKILL)
        self.proc.wait()
        shutil.rmtree(self.dir)
        self.dir = directory()


def version_of(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False).stdout


def ours():
    with open(f"{HERE}/../../dkms.conf", encoding="ascii") as f:
        return f.read().split('PACKAGE_VERSION="')[1].split('"')[0]


class Dhcp108d(Server):
    name = program = "dhcp108d"
    modes = ("v6only", "mostly")

    def version(self):
        return ours()

    def start(self, mode, pool):
        text = (f"[network hall]\ninterface = lan\ndhcp = {mode}\n"
                "v6only-wait = 30m\nipv4-route = off\nrelay = 192.0.2.2\n")
        if mode == "mostly":
            text += f"subnet = {pool[2]}\npool = {pool[0]}-{pool[1]}\n"
        self.write("conf", text)
        self.spawn("dhcp108d", "-c", f"{self.dir}/conf", "-s",
                   f"{self.dir}/sock", "-S", f"{self.dir}/state")


class Kea(Server):
    name = "Kea"
    modes = ("v6only", "mostly")
    root = PEERS
    program = "kea-dhcp4"

    def version(self):
        return version_of("chroot", PEERS, "/usr/sbin/kea-dhcp4", "-v").strip()

    def start(self, mode, pool):
        subnet = {"id": 1, "subnet": pool[2], "interface": "lan",
                  "option-data": [{"code": 108, "name": "v6-only-preferred",
                                   "data": "1800"}]}
        if mode == "mostly":
            subnet["pools"] = [{"pool": f"{pool[0]}-{pool[1]}"}]
        self.write("kea.json", json.dumps({"Dhcp4": {
            "interfaces-config": {"interfaces": ["lan"],
                                  "dhcp-socket-type": "raw"},
            "lease-database": {"type": "memfile",
                               "name": "/var/lib/kea/leases.csv"},
            "valid-lifetime": 3600, "subnet4": [subnet],
            "loggers": [{"name": "kea-dhcp4", "severity": "INFO",
                         "output-options": [{"output": "stdout"}]}]}}))
        self.spawn("/bin/bash", "-c", "rm -f /var/lib/kea/leases.csv*; "
                   "KEA_LOCKFILE_DIR=none KEA_PIDFILE_DIR=/run/kea "
                   "exec kea-dhcp4 -c /mnt/kea.json")


class Coredhcp(Server):
    name = "coredhcp"
    modes = ("v6only", "mostly")
    root = PEERS
    program = "../bin/coredhcp"

    def version(self):
        with open(f"{PEERS}/versions", encoding="ascii") as f:
            return [x.split()[1] for x in f if x.startswith("coredhcp")][0]

    def start(self, mode, pool):
        own = pool[2].replace(".0/", ".1/").split("/")[0]
        lines = [f"server_id: {own}"]
        if mode == "mostly":
            lines += ["lease_time: 3600s", "netmask: 255.255.255.0"]
        lines += ["ipv6only: 1800s"]
        if mode == "mostly":
            lines += [f"range: /run/leases {pool[0]} {pool[1]} 1h"]
        self.write("coredhcp.yml", 'server4:\n  listen: ["%lan"]\n  plugins:\n'
                   + "".join(f"    - {x}\n" for x in lines))
        self.spawn("coredhcp", "--conf", "/mnt/coredhcp.yml")


class Dnsmasq(Server):
    name = program = "dnsmasq"
    modes = ("v6only", "mostly")

    def version(self):
        return version_of("dnsmasq", "--version").split()[2]

    def start(self, mode, pool):
        mask = {"24": "255.255.255.0", "16": "255.255.0.0"}[pool[2][-2:]]
        last = pool[1] if mode == "mostly" else "static"
        first = pool[0] if mode == "mostly" else pool[2].split("/")[0]
        self.spawn("dnsmasq", "--keep-in-foreground", "--port=0", "--no-ping",
                   "--user=root", "--conf-file=/dev/null", "--interface=lan",
                   "--bind-interfaces", "--dhcp-authoritative",
                   "--dhcp-lease-max=60000", "--dhcp-option=108,1800i",
                   f"--dhcp-range={first},{last},{mask},1h",
                   f"--dhcp-leasefile={self.dir}/leases",
                   f"--pid-file={self.dir}/pid", "--log-facility=-")


class NetworkdDhcp(Server):
    name = "systemd-networkd"
    modes = ("mostly",)
    root = CLIENTS
    program = "../lib/systemd/systemd-networkd"

    def version(self):
        return version_of("chroot", CLIENTS, "networkctl",
                          "--version").split()[1]

    def start(self, mode, pool):
        """Leases that persist would wait for a service of systemd's."""
        own = pool[2].replace(".0/", ".1/")
        first = [int(x) for x in pool[0].split(".")]
        last = [int(x) for x in pool[1].split(".")]
        size = (last[2] - first[2]) * 256 + last[3] - first[3] + 1
        offset = (first[2] * 256 if own.endswith("16") else 0) + first[3]
        self.write("lan.network", f"""[Match]
Name=lan
[Network]
Address={own}
LinkLocalAddressing=ipv6
IPv6AcceptRA=no
DHCPServer=yes
[DHCPServer]
PoolOffset={offset}
PoolSize={size}
IPv6OnlyPreferredSec=1800
PersistLeases=runtime
""")
        self.spawn("/bin/bash", "-c", NETWORKD)


class Pref64d(Server):
    name = program = "pref64d"

    def version(self):
        return ours()

    def change(self, setup):
        """The prefixes are in the module."""

    def start(self, setup):
        text = ("[network hall]\ninterface = lan\nra = on\nra-interval = "
                f"{setup['interval']}\nrouter-lifetime = {setup['router']}\n"
                "dns = 2001:db8:1::53\nsearch = conference.example\n"
                "captive-portal = https://portal.example/api\n")
        if setup["lifetime"]:
            text += f"pref64-lifetime = {setup['lifetime']}s\n"
        self.write("conf", text)
        self.spawn("pref64d", "-c", f"{self.dir}/conf", "-S", self.dir)


class Radvd(Server):
    name = program = "radvd"
    root = CLIENTS

    def version(self):
        return version_of("chroot", CLIENTS, "/usr/sbin/radvd",
                          "--version").split()[1]

    def change(self, setup):
        self.configure(setup)
        self.proc.send_signal(signal.SIGHUP)

    def start(self, setup):
        self.configure(setup)
        self.spawn("radvd", "-C", "/mnt/radvd.conf", "-n", "-d", "1", "-m",
                   "stderr", "-u", "root")

    def configure(self, setup):
        life = (f"{{ AdvValidLifetime {setup['lifetime']}; }}"
                if setup["lifetime"] else "{ }")
        self.write("radvd.conf", f"""interface lan {{
 AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval {setup['interval']};
 AdvDefaultLifetime {setup['router']};
 prefix ::/64 {{ }};
 RDNSS 2001:db8:1::53 {{ }};
 DNSSL conference.example {{ }};
 AdvCaptivePortalAPI "https://portal.example/api";
 {' '.join(f'nat64prefix {p} {life};' for p in setup['prefixes'])}
}};
""")


class NetworkdRa(NetworkdDhcp):
    def change(self, setup):
        self.configure(setup)
        subprocess.run(["nsenter", "-t", str(self.proc.pid), "-m", "-n", "-r",
                        "-w", "/bin/bash", "-c", "cp /mnt/lan.network "
                        "/run/systemd/network/ && SYSTEMD_IGNORE_CHROOT=1 "
                        "networkctl reload"],
                       check=True)

    def start(self, setup):
        self.configure(setup)
        self.spawn("/bin/bash", "-c", NETWORKD)

    def configure(self, setup):
        life = (f"LifetimeSec={setup['lifetime']}\n" if setup["lifetime"]
                else "")
        self.write("lan.network", f"""[Match]
Name=lan
[Network]
Address=2001:db8:1::1/64
LinkLocalAddressing=ipv6
IPv6AcceptRA=no
IPv6SendRA=yes
[IPv6SendRA]
RouterLifetimeSec={setup['router']}
DNS=2001:db8:1::53
Domains=conference.example
[IPv6Prefix]
Prefix=2001:db8:1::/64
""" + "".join(f"[IPv6PREF64Prefix]\nPrefix={p}\n{life}"
              for p in setup["prefixes"]))


DHCP = (Dhcp108d, Kea, Coredhcp, Dnsmasq, NetworkdDhcp)
RA = (Pref64d, Radvd, NetworkdRa)
