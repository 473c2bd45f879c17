/** Groups a list by what `key` says of each: a Map of lists. (Map.groupBy is not in Node 20.) */
export function groupBy(list, key) {
  const groups = new Map();
  for (const each of list) {
    if (!groups.has(key(each))) groups.set(key(each), []);
    groups.get(key(each)).push(each);
  }
  return groups;
}
