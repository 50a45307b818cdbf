// Runs the vectors of testdata/ through a module, in Node and in browsers.
const known = ['comment', 'source', 'operation', 'args', 'blobs', 'expand', 'want', 'calls'];

/**
 * Returns [{name, replies, wants}], the replies as the exact texts that the module gives: one for each call.
 *
 * `call` performs one call of the contract, `load` returns the bytes of a path under testdata/.
 */
export async function runVectors(call, load) {
  const text = async (path) => new TextDecoder().decode(await load(path));
  const { vectors } = JSON.parse(await text('index.json'));
  const results = [];
  let opened = 0; // catalogues: their handles count up, and the vectors number them from 1
  for (const name of vectors) {
    const vector = JSON.parse(await text(`vectors/${name}/vector.json`));
    const before = opened;
    const [replies, wants] = [[], []];
    for (const one of vector.calls ?? [vector]) {
      const unknown = [vector, one].flatMap(Object.keys).filter((key) => !known.includes(key));
      if (unknown.length > 0) throw new Error(`${name}: unknown keys ${unknown}`);
      const blobs = [];
      for (const blob of one.blobs ?? [])
        blobs.push(await load(new URL(blob, `http://x/vectors/${name}/`).pathname.slice(1)));
      if (one.expand) blobs[0] = expanded(blobs[0], one.expand);
      const reply = call(one.operation, renumbered(JSON.stringify(one.args), before), ...blobs);
      opened = JSON.parse(reply).value?.handle ?? opened;
      replies.push(renumbered(reply, -before));
      wants.push(one.want);
    }
    for (let handle = before + 1; handle <= opened; handle++) call('closeCatalogue', JSON.stringify({ handle }));
    results.push({ name, replies, wants });
  }
  return results;
}

const renumbered = (text, by) =>
  text.replace(/"(handle|held)":(\d+)/g, (_, member, handle) => `"${member}":${Number(handle) + by}`);

function expanded(blob, { marker, text, times }) {
  const source = new TextDecoder().decode(blob);
  const parts = source.split(marker);
  if (parts.length !== 2) throw new Error(`the marker ${marker} occurs ${parts.length - 1} times`);
  return new TextEncoder().encode(parts[0] + text.repeat(times) + parts[1]);
}
