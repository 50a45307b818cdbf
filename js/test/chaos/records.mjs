/**
 * In a page: puts a value of another kind in the place of every record of these stores, in every database.
 *
 * The values are of every kind of JSON and of structured clone; `round` chooses. Returns how many records it replaced.
 */
export async function replaceRecords(stores, round) {
  const values = [
    null,
    true,
    0,
    -1,
    NaN,
    Infinity,
    1e300,
    '',
    'text',
    [],
    [[]],
    {},
    { nowMs: 8.64e15 },
    { nowMs: 'soon' },
    10n,
    new Date(NaN),
    /x/,
    new Map([[1, 2]]),
    new Set([1]),
    new ArrayBuffer(0),
    new Uint8Array(9),
    new Blob(['x']),
    new Error('x'),
    undefined,
  ];
  const value = values[round % values.length];
  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  let replaced = 0;
  for (const { name } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    for (const store of stores.filter((known) => db.objectStoreNames.contains(known))) {
      const records = db.transaction(store, 'readwrite').objectStore(store);
      for (const key of await done(records.getAllKeys())) {
        const { keyPath } = records;
        await done(keyPath ? records.put({ ...Object(value), [keyPath]: key }) : records.put(value, key));
        replaced++;
      }
    }
    db.close();
  }
  return replaced;
}
