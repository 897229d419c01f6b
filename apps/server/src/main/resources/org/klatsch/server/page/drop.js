// Files and folders from a drop or an input, as [{file, name}] with names relative to what was chosen.

const MOST = 10_000;

export function filesOfInput(input) {
  return [...input.files].slice(0, MOST).map((file) => ({ file, name: file.webkitRelativePath || file.name }));
}

export async function filesOfDrop(dataTransfer) {
  // The list is only there until the handler returns; the entries stay.
  const entries = [...dataTransfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) {
    await walk(entry, '', found);
  }
  return found;
}

async function walk(entry, prefix, found) {
  if (found.length >= MOST || !entry) {
    return;
  }
  if (entry instanceof File) {
    found.push({ file: entry, name: entry.name });
  } else if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, name: prefix + entry.name });
  } else {
    const reader = entry.createReader();
    for (;;) {
      // A directory is told in portions.
      const portion = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (portion.length === 0) {
        return;
      }
      for (const child of portion) {
        await walk(child, `${prefix}${entry.name}/`, found);
      }
    }
  }
}

/** Makes an area take drops, and tells `take` the files. */
export function acceptDrops(area, take) {
  let depth = 0;
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  area.addEventListener('dragenter', (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
      depth++;
      document.body.classList.add('dropping');
    }
  });
  area.addEventListener('dragover', (event) => {
    if (carriesFiles(event)) {
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    }
  });
  area.addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    document.body.classList.toggle('dropping', depth > 0);
  });
  area.addEventListener('drop', async (event) => {
    if (!carriesFiles(event)) {
      return;
    }
    event.preventDefault();
    depth = 0;
    document.body.classList.remove('dropping');
    take(await filesOfDrop(event.dataTransfer));
  });
}
