/** Style categories whose names may also stand in a title ("Techno" in "Techno Thursday") and are styles all the same. */
import { normKey } from '../../src/core/text.ts';

const STYLES = new Set(
  `Acid,Acid House,Ambient,Bass,Big Beat,Breakbeat,Breaks,Chillout,Deep House,Deep Techno,Detroit Techno,Disco,Downtempo,Drum & Bass,Drum And Bass,
   Dub,Dub Techno,Dubstep,EBM,Electro,Electronica,Experimental,Funk,Garage,Goa,Grime,Hard Techno,Hardcore,Hip Hop,House,IDM,Industrial,Italo Disco,
   Jungle,Minimal,Nu Disco,Progressive,Progressive House,Psytrance,Reggae,Soul,Tech House,Techno,Trance,Trip Hop,UK Garage`
    .split(',')
    .map((name) => normKey(name)),
);

export function isStyle(category: string): boolean {
  return STYLES.has(normKey(category));
}
