/** Reading that takes a while and is begun again meanwhile: what was begun last is what stays. */

/** Called when a reading is done: false where a later one has been placed already. */
export type Place = () => boolean;

/** Each call begins a turn. One that gives up without placing anything keeps no other from it. */
export function createTurns(): () => Place {
  let begun = 0;
  let placed = 0;
  return () => {
    const turn = ++begun;
    return () => {
      if (turn < placed) return false;
      placed = turn;
      return true;
    };
  };
}
