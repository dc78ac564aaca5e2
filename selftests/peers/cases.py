# SPDX-License-Identifier: GPL-2.0
"""Cases of one part, and what a server did in them, a line of JSON each."""

import json
import sys


class Cases:
    """A case belongs to a network: @case("mostly", "needs IPv4", "a lease")."""

    def __init__(self, part):
        self.part = part
        self.all = []

    def __call__(self, where, what, wanted):
        def keep(func):
            self.all.append((where, what, wanted, func))
            return func
        return keep

    def say(self, **what):
        print(json.dumps({"part": self.part, **what}))
        sys.stdout.flush()

    def run(self, where, server, net):
        """Those of a network; without net the server cannot be set up so."""
        for here, what, wanted, func in self.all:
            if here == where:
                did, good = func(net) if net else ("no such mode", True)
                self.say(where=where, what=what, wanted=wanted,
                         server=server.name, did=did, good=bool(good))

    def servers(self, kinds, *args):
        """Those that can be run; of each what it is."""
        for kind in kinds:
            server = kind(*args)
            if server.missing():
                self.say(server=server.name, missing=True)
                continue
            self.say(server=server.name, version=server.version())
            yield server
