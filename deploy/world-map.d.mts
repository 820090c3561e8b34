export interface WorldMap {
  width: number;
  top: number;
  height: number;
  shapes: [code: string, path: string][];
}
export function worldMap(): WorldMap;
