/** Countries and regions as titles of mix pages end in them; everything else there is a city or a venue. */

const COUNTRIES = new Set(
  `Albania,Algeria,Andorra,Argentina,Armenia,Australia,Austria,Bahrain,Belarus,Belgium,Bolivia,Bosnia,Bosnia And Herzegovina,Brazil,Bulgaria,
   Cambodia,Canada,Chile,China,Colombia,Costa Rica,Croatia,Cuba,Cyprus,Czech Republic,Czechia,Denmark,Dominican Republic,Ecuador,Egypt,England,
   Estonia,Ethiopia,Finland,France,Georgia,Germany,Ghana,Greece,Guatemala,Holland,Hungary,Iceland,India,Indonesia,Iran,Iraq,Ireland,Israel,
   Italy,Jamaica,Japan,Jordan,Kazakhstan,Kenya,Kosovo,Latvia,Lebanon,Lithuania,Luxembourg,Macedonia,Malaysia,Malta,Mexico,Moldova,Monaco,
   Mongolia,Montenegro,Morocco,Nepal,Netherlands,The Netherlands,New Zealand,Nicaragua,Nigeria,North Macedonia,Northern Ireland,Norway,Panama,
   Paraguay,Peru,Philippines,Poland,Portugal,Puerto Rico,Romania,Russia,Saudi Arabia,Scotland,Senegal,Serbia,Slovakia,Slovenia,South Africa,
   South Korea,Spain,Sri Lanka,Sweden,Switzerland,Taiwan,Tanzania,Thailand,Tunisia,Turkey,UAE,Uganda,UK,Ukraine,United Arab Emirates,
   United Kingdom,United States,Uruguay,USA,Uzbekistan,Venezuela,Vietnam,Wales`
    .split(',')
    .map((name) => name.trim().toLowerCase()),
);
/** States of the USA, provinces of Canada, states of Australia, as titles shorten them: always in capitals. */
const SHORT_REGIONS = new Set(
  `AL,AK,AZ,AR,CA,CO,CT,DE,DC,FL,GA,HI,ID,IL,IN,IA,KS,KY,LA,ME,MD,MA,MI,MN,MS,MO,MT,NE,NV,NH,NJ,NM,NY,NC,ND,OH,OK,OR,PA,RI,SC,SD,TN,TX,UT,VT,VA,WA,WV,WI,WY,
   AB,BC,MB,NB,NL,NS,NT,NU,ON,PE,QC,SK,YT,ACT,NSW,QLD,SA,TAS,VIC`
    .split(',')
    .map((name) => name.trim()),
);
/** The same in full, where the country is named too. New York and Washington are left out: titles mean the cities. */
const REGIONS = new Set(
  `Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Georgia,Hawaii,Idaho,Illinois,Indiana,Iowa,Kansas,Kentucky,
   Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,
   North Carolina,North Dakota,Ohio,Oklahoma,Oregon,Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,
   West Virginia,Wisconsin,Wyoming,Alberta,British Columbia,Manitoba,New Brunswick,Nova Scotia,Ontario,Quebec,Québec,Saskatchewan,
   New South Wales,Queensland,South Australia,Tasmania,Victoria,Western Australia`
    .split(',')
    .map((name) => name.trim().toLowerCase()),
);
const WITH_REGIONS = /^(?:USA|United States|Canada|Australia)$/i;

export function isCountry(name: string): boolean {
  return COUNTRIES.has(name.toLowerCase());
}

/** @param country the one that the same title names, null when it names none. */
export function isRegion(name: string | undefined, country: string | null): boolean {
  if (name === undefined) return false;
  if (SHORT_REGIONS.has(name)) return true;
  return country !== null && WITH_REGIONS.test(country) && REGIONS.has(name.toLowerCase());
}
