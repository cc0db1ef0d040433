// The English words of spoken codes. Generated from crates/trust/words/en.txt; vectors compare the two:
// `cargo run -p parlor-trust --example write_code_vectors`.

/** 1024 words in the order of code points. */
export const ENGLISH_WORDS: readonly string[] = `
abbey acid acorn acre actor adapter address admiral adult aerial airport alarm album algebra almanac almond
alpaca alphabet alpine altar amber amethyst amount amulet anchor angle animal annual answer antenna anthem antique
antler anvil apple apricot apron aquarium arcade archer arctic arena argument armchair aroma arrow artist asphalt
athlete atlas atom attic attorney auburn auction audience author autumn avenue aviator avocado award awning axis
azure baboon bachelor badge baggage bakery balance balcony ballet balsam bamboo bandage banjo banner banquet barbecue
barista barrel basil basket bassoon bathtub bazaar beagle beard beaver bedroom beehive beetle bench bicycle bifocal
binder biology birch birthday biscuit bishop blanket blazer blender blizzard blouse bluebell bobcat bobsled bonfire bonnet
bonsai bookshop boots border botany boulder bowling boxer bracelet bravery breeze brick bridge brigade bristle broccoli
bronze broom brush bubble bucket buffalo bulldog bungalow burger burrow butcher butter buzzard byte cabbage cabin
cable cactus cadet caffeine calcium calendar calico callus camel campfire canal candle canvas canyon capital capsule
captain caramel cardinal carnival carousel carpet carrot cartoon cascade cashew casino cassette castle catfish cavalry cavern
cedar cement centaur ceramic chapel charcoal checkers chemist cherry chestnut chicken chimney chipmunk chisel chive chorus
chrome cinema cinnamon circus citizen citrus clarinet classic clerk cliff climate clinic closet clothing cloud clover
cluster cobalt cobbler cobra coconut codfish coffee colony column comedy compass comrade concert condor confetti convoy
cookie cooler copper coral corner corridor cosmos costume cottage cougar council cowboy coyote cradle craft crane
crater credit cricket crimson crowd crust crystal cucumber culture cupboard cupcake currant curve custard daffodil dancer
darling daughter debate decade decimal decoy degree delta denim density dentist depot derby desert detail device
dewdrop diagram dialect diamond diesel digital dimple diner dinghy dinosaur diploma director disco distance doctor document
dolly dolphin domino donkey doorbell dormouse double dough dove downtown dozen dragon drawer dream dresser drift
drill driver drizzle duchess duckling dumpling duplex dustpan earth easel ebony echo eclipse edge editor eggplant
elastic elbow election elephant elevator elixir embassy emblem emerald endive energy engine engraver enigma entrance envelope
envoy equinox ermine escape essence estate evening exam excerpt exhibit expert explorer express fabric faculty falafel
falcon family fancy fanfare farmer fashion fennel ferret festival fiber fiction fiddle field fiesta finger fisher
fitness flame flannel flash flavor fleece flint flock florist flurry flute focus folder football forest forge
fortress fossil fountain fragment freckle freezer friend fringe fudge furnace future gadget galaxy garage garden gargoyle
garlic gazelle gecko gelatin gentle geology geranium geyser giant gibbon gift giggle gingham giraffe glacier glider
glimmer globe glory goblet goggles golden gondola goose gopher gorilla governor grammar granite grape gravel green
griddle grocery grotto grove guest guide guitar gumdrop habitat halibut halter hamlet hammer hamster hanger harbor
hardware harmony harness harp harvest hatbox hatchet haystack hazel headline heart hedgehog helium helmet hemlock herald
heron herring hexagon hiccup highway hiker hinge hippo history hobby hockey holiday hollow homework honey horizon
hornet horse hospital hostel hotdog hound hydrant iceberg icicle igloo iguana incense indigo inkwell invoice iris
island ivory jacket jaguar jasmine jasper jelly jersey jester jetty jigsaw joker journey jubilee judo juggler
juice jumper jungle kangaroo kayak keepsake ketchup kettle keyboard kilogram kimono kindling kingdom kiosk kitchen kite
kitten koala label lactose ladder ladle lady lagoon language lantern lapdog laptop larch lasso laundry laurel
lavender legend legume lemon lemur lentil leopard letter liberty library lifeboat lilac lily linen linnet lipstick
litmus lizard lobster locker locust lodge lollipop longbow lotus luggage lullaby lumber lunch lupine luxury machine
mackerel magazine magician magma magnet magpie maiden mailbox mango mansion mantle manual maple marathon marble marigold
market maroon mascot mason massage meadow meatball medal melody merchant mermaid meteor midnight milk miller mineral
minnow miracle mirror mixture moment monarch monster morning morsel mosaic motto mouse movie muesli muffin mulberry
museum mushroom nacho nanny napkin narwhal nebula necklace nectar needle neighbor neptune network nickel nimbus ninja
nomad notebook novel nugget nurse oasis oatmeal ocean octagon oilcloth olive olympic onion onyx opossum oracle
orange orbit orchard organ origami osprey ostrich owner oyster paddle padlock pagoda painter palace panda panel
pansy paprika parcel parking parlor parsley partner passport pasta patrol pattern payment peach peanut pearl pebble
pecan pelican pencil penguin peony pepper perfume period petal photo pickle picnic picture pigeon pigment pilgrim
pillow pilot pinball pioneer pirate pitcher pixel pizza planet plaster platform pledge plywood pocket podium poetry
polka polygon pomelo poncho popcorn poplar poppy portrait postcard poultry powder present pretzel prince profile protein
pudding puma pumpkin purple puzzle pyramid python queen question quilt quiver rabbit rafter ragtime railway rainbow
raisin rapids rascal rattle raven razor reactor receipt recipe record referee refuge regatta regular reindeer relish
reptile rescue resort retreat reward rhubarb rice ringlet rivet roadster robin roller romance rooster rope rosemary
rubber ruby rucksack rudder rumba rumor runway russet rustic saffron sailor salad salmon salsa salute sandal
sapling satchel satin sausage savanna sawdust scaffold scatter scenery scholar scissors screen scribe scroll sculptor seagull
season secret seesaw sergeant serpent sesame settler shadow shampoo shark sheep shelf shepherd sheriff shingle shovel
shrimp shuttle sieve signal silence silver siren skate skeptic sketch skillet skipper sleeve slogan slope smelter
smile smoothie snail snapshot sneaker sneeze snorkel soccer social soldier sonata soprano sorbet sorrel soybean spade
spanner spatula spectrum spider spinach spiral splash sponge spoon spring sprout spruce stable stadium stage stallion
stapler starfish statue stereo sticker stitch stocking strudel student suburb subway success sugar summer supper surfer
tabby tablet taco tadpole talcum talent tandem tankard target tariff tassel tattoo taxi teacher teapot teaspoon
temple tennis terrace textile theory thermos thesis thicket thimble thistle thread throne tidal tiger timber tinsel
toaster tofu tomato tonic topaz tornado totem toucan tourist towel tractor traffic transit trapeze treble trellis
triangle tribe tripod trolley trousers truffle trumpet tugboat tulip tundra tunnel turban turkey turnip turtle tuxedo
twilight umbrella umpire unicorn uniform upgrade uproar upstairs usher utensil utopia vacuum valve vanguard varnish vector
velvet venison venture vertex veteran viaduct vicar video village vinegar vintage violin visitor visor vitamin vocal
voice voltage voyage wafer waffle wagon waiter walnut walrus warrior wasabi washer waves wedding weekend western
whisker wicker widget wildcat windmill winner wisdom wonder wooden workshop yellow yoga yogurt zebra zigzag zodiac
`
  .trim()
  .split(/\s+/);
