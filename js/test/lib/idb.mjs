/** Returns everything that IndexedDB holds, names and keys included, as one text; bytes as the characters they are. */
export async function dump() {
  const ask = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const readable = (_key, value) => {
    if (value instanceof ArrayBuffer) return String.fromCharCode(...new Uint8Array(value));
    if (ArrayBuffer.isView(value))
      return String.fromCharCode(...new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return value;
  };
  const all = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await ask(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const records = db.transaction(store).objectStore(store);
      all.push({
        name,
        store,
        keys: await ask(records.getAllKeys()),
        values: await ask(db.transaction(store).objectStore(store).getAll()),
      });
    }
    db.close();
  }
  return JSON.stringify(all, readable);
}
