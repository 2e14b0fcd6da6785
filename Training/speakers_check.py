"""The diarization error of `gigastt-bench speakers` by another implementation, spy-der (PyPI).

    speakers_check.py REFERENCE_FOLDER FOUND_FOLDER [COLLAR]      FOUND_FOLDER: what --output wrote
"""
import glob, os, sys
from collections import defaultdict
import spyder


def turns(path):
    rows = (line.split() for line in open(path))
    return [(f[7], float(f[3]), float(f[3]) + float(f[4])) for f in rows]


collar = float(sys.argv[3]) if len(sys.argv) > 3 else 0.25
sums = defaultdict(lambda: [0.0] * 4)
for path in sorted(glob.glob(os.path.join(sys.argv[2], "*.rttm"))):
    name = os.path.basename(path)
    m = spyder.DER(turns(os.path.join(sys.argv[1], name)), turns(path), collar=collar)
    kind = name.rsplit("-", 1)[0]
    for i, v in enumerate((m.duration, m.miss * m.duration, m.falarm * m.duration, m.conf * m.duration)):
        sums[kind][i] += v
    print(f"{name[:-5]:20} {100 * m.der:6.2f}")
for kind, (whole, miss, alarm, confused) in sums.items():
    print(f"{kind:20} DER {100 * (miss + alarm + confused) / whole:.2f} missed {100 * miss / whole:.2f} "
          f"false {100 * alarm / whole:.2f} confused {100 * confused / whole:.2f}")
