"""Two pseudo-terminals joined like a crossed cable, so that two programs can each open a port."""

import os
import pty
import select
import threading
import tty

__all__ = ["Crossover"]


class Crossover:
    """paths: the two devices. `log` keeps (end, bytes) as they pass, end 0 or 1."""

    def __init__(self):
        self.log = []
        pairs = [pty.openpty(), pty.openpty()]
        self._near = [near for near, _ in pairs]
        self._far = [far for _, far in pairs]  # kept open: a device may be closed and opened again
        for handle in self._near + self._far:
            tty.setraw(handle)
        self.paths = [os.ttyname(far) for far in self._far]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._carry)
        self._thread.start()

    def _carry(self):
        while not self._ended.is_set():
            for handle in select.select(self._near, [], [], 0.05)[0]:
                end = self._near.index(handle)
                data = os.read(handle, 4096)
                self.log.append((end, data))
                os.write(self._near[1 - end], data)

    def close(self):
        self._ended.set()
        self._thread.join()
        for handle in self._near + self._far:
            os.close(handle)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
