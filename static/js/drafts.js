/* Texts that the server has not yet, kept in this browser: they outlive a closed tab, a crash and a lost connection. */

const STORE = "drafts";
let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("sambung", 1);
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
  return opened;
}

/** Runs one request on the store; resolves with its result once it is on the disk. */
async function act(mode, ask) {
  const transaction = (await database()).transaction(STORE, mode, { durability: "strict" });
  const request = ask(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve(request.result));
    transaction.addEventListener("error", () => reject(transaction.error));
    transaction.addEventListener("abort", () => reject(transaction.error));
  });
}

/** Keeps a draft (a plain object) under a key. Throws where the browser keeps nothing. */
export const keep = (key, draft) => act("readwrite", (store) => store.put(draft, key));

/** Gives the draft that is kept under a key, or undefined. Throws where the browser keeps nothing. */
export const find = (key) => act("readonly", (store) => store.get(key));

/** Forgets a draft. Throws where the browser keeps nothing. */
export const drop = (key) => act("readwrite", (store) => store.delete(key));
