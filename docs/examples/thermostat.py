"""Keep a temperature: switch a heater on below LOW and off above HIGH.

    TOKEN=hyp_... python3 thermostat.py CHANNEL OUTPUT LOW HIGH

Each "on" is a lease of 30 s. If this program, the network or the sensor fails, nobody renews it, and Hypha brings the
heater to its safe state. Set a max_on_s on the output as well, and put a thermostat cut-out on the heater itself.
"""
import json
import os
import sys
import time
import urllib.request

BASE = os.environ.get("HYPHA", "http://localhost:8080") + "/api/v1"
HEADERS = {"Authorization": "Bearer " + os.environ["TOKEN"], "Content-Type": "application/json"}


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, HEADERS, method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def main(channel, output, low, high):
    on = False
    while True:
        try:
            now = call("GET", f"/readings/latest?channel={channel}")["items"][0]
            if now["quality"] == "good":  # never regulate by a stale or impossible value
                on = now["v"] < low or (on and now["v"] < high)
                command = {"on": True, "lease_s": 30} if on else {"on": False}
                call("PUT", f"/outputs/{output}/channels/0", command)
        except (OSError, IndexError) as problem:  # no answer, a refusal, no reading yet: the lease runs out
            print(problem, file=sys.stderr)
        time.sleep(10)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
