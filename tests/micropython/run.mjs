// Runs a Python script on MicroPython with the folders given, and passes its exit status on.
// usage: node run.mjs PACKAGE_DIR SCRIPT SOURCE_DIR:NAME ...
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packageDir, script, ...folders] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(join(packageDir, "micropython.mjs")));
const mp = await loadMicroPython({ heapsize: 8 * 1024 * 1024 });

function copy(source, target) {
  if (statSync(source).isDirectory()) {
    mp.FS.mkdir(target);
    for (const name of readdirSync(source)) {
      if (name !== "__pycache__") copy(join(source, name), `${target}/${name}`);
    }
  } else {
    mp.FS.writeFile(target, readFileSync(source));
  }
}

mp.FS.mkdir("/app");
for (const folder of folders) {
  const at = folder.lastIndexOf(":");
  const target = `/app/${folder.slice(at + 1)}`;
  mp.FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
  copy(folder.slice(0, at), target);
}
mp.runPython("import sys; sys.path.insert(0, '/app')");
try {
  mp.runPython(readFileSync(script, "utf8"));
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
