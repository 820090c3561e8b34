/** Made by deploy/world-map.mjs when the console is built. */
declare module 'virtual:world-map' {
  const map: {
    width: number;
    /** Of the view box, which starts there and is so high. */
    top: number;
    height: number;
    /** By ISO 3166 code; '' of what has none. */
    shapes: readonly (readonly [code: string, path: string])[];
  };
  export default map;
}
