"""The map as numpy arrays in one npz file, the same bytes for the same map."""

import io
import zipfile

import numpy as np

from service.analysis.results.heatmap import HeatmapResult
from service.api.formats.cells import amounts_of, envelope_text, heat_of

# A zip file dates its members; the earliest that it can say stands for none.
NO_DATE = (1980, 1, 1, 0, 0, 0)


def npz_bytes(result: HeatmapResult) -> bytes:
    """Return time and close_time [T], edges [B + 1], long, short and heat [T, B], and the envelope as JSON."""
    long, short = amounts_of(result)
    total = result.total
    arrays = {
        "time": total.time,
        "close_time": total.time + result.step,
        "edges": total.axis.edges,
        "long": long,
        "short": short,
        "heat": heat_of(result).astype(np.float32),
        "envelope": np.array(envelope_text(result).decode()),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", NO_DATE), member.getvalue(), zipfile.ZIP_DEFLATED, 1)
    return file.getvalue()
