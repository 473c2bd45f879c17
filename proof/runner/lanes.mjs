// Several at a time, on as many processors.

/** Calls the body for each of the list, so many at a time; resolves to what they gave, in the list's order. */
export async function inLanes(lanes, list, body) {
  const results = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < list.length; i = next++) results[i] = await body(list[i], i);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
