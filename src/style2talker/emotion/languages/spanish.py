"""Spanish words for feelings."""

from __future__ import annotations

from style2talker.emotion.languages.vocabulary import ROMANCE_ENDINGS, Vocabulary

__all__ = ["SPANISH"]

SPANISH = Vocabulary(
    name="Spanish",
    endings=ROMANCE_ENDINGS,
    reach=32,
    common="al trabaja necesita muestra va van hace tengo tiene hay cierre por favor todos todas mismo viejo vieja "
        "nuevo nueva a me nos ahora hoy mañana diez nueve dos tres hora horas minutos aquí siempre también nada sobre "
        "entre desde hasta cada el la los las un una unos unas de del y es son soy está estoy están yo tú él ella "
        "nosotros ellos no con en por para que quien este esta estos su sus mi mis tu pero o muy más poco como sin ser "
        "estar haber ha han he era lo le se me te qué porque habla dice mira parece tiene siente al algo todo toda ya "
        "cuando",
    feelings={
        "angry": {
            1.25: "furioso*, furiosa*, furia, rabia, rabioso*, rabiosa*, fuera de sí, colérico*, colérica*, iracundo*, "
                "iracunda*, hecho una furia, hecha una furia, rojo de ira, roja de ira, echa chispas, hierve de rabia, "
                "explota de ira, echa humo, ciego de ira, a punto de estallar, odio, ira",
            1.0: "saca de quicio, sacas de quicio, se acabó, estoy hasta, mentido, imbécil, idiota, maldito, maldita, "
                "grita, gritos, gritando, traicionad*, injusto, injusta, pierde la paciencia, enojan, enfadan, odio a, "
                "discute, enojado*, enojada*, enojo, enfadado*, enfadada*, enfado, cólera, enfurecido*, enfurecida*, "
                "indignado*, indignada*, indignación, agresivo*, agresiva*, hostil*, cabreado*, cabreada*, cabreo, "
                "grita a, le grita, insulta, amenaza, amenazante*, enoja, enfada, harto de, harta de, estoy harto, "
                "estoy harta, está harto, está harta, basta ya, déjame en paz, cállate, cómo te atreves, te odio, "
                "odia, bravo con, mala leche, venganza, perdido la paciencia, ya no aguanto, ya no aguanta",
            0.65: "molesto*, molesta*, irritado*, irritada*, irritación, fastidiado*, fastidiada*, fastidio, de mal "
                "humor, mal humor, malhumorad*, frustrado*, frustrada*, frustración, impaciente*, disgustado*, "
                "disgustada*, disgusto, gruñón*, resentid*, amargad*",
        },
        "contempt": {
            1.0: "aficionados, pobres diablos, idiotas, ineptos, patétic*, inferiores, despreciable*, esa gente, "
                "ridícul*, desprecio, despreciativ*, desprecia, desprecian, despectiv*, desdén, desdeños*, "
                "menosprecio, menosprecia, altiv*, arrogante*, arrogancia, altanero, altanera, condescendiente*, "
                "condescendencia, burla*, burlón, burlona, se burla, se ríe de los, se ríe de sus, se ríe de él, se "
                "ríe de ella, por encima del hombro, se cree superior, se cree mejor, superioridad, inútiles, mofa, se "
                "mofa, sonrisa torcida, soberbia, soberbio, fracasados, fracasado, no valen nada, no vale nada, como "
                "si fueran idiotas, como si fueran tontos, humilla, ridiculiza",
            0.75: "sarcástic*, sarcasmo, cínic*, cinismo, engreíd*, presumid*, irónic*, insolente*, petulante*, "
                "irrespetuos*, prepotente*, creíd*, con suficiencia",
        },
        "disgusted": {
            1.15: "vomitar, vómito*, ganas de vomitar, náuseas, náusea, repulsión, revuelve el estómago, revuelve … "
                "estómago, arcadas, vomita",
            1.0: "cucaracha*, gusanos, gusano, pegajos*, vomitiv*, mugre, mugrient*, viscos*, asco, asqueado*, "
                "asqueada*, asquea, asqueroso*, asquerosa*, repugnancia, repugnante*, repugna, repugnad*, puaj, qué "
                "asco, nauseabund*, inmund*, hedor, apesta*, podrid*, mohos*, fétid*, repulsiv*, huele fatal, huele "
                "mal, huele a podrido, maloliente*, guácala",
            0.7: "aversión, desagrado, desagradable*, le da cosa",
        },
        "fear": {
            1.25: "aterrad*, aterrorizad*, terror, pánico, espantad*, horrorizad*, horror, muerto de miedo, muerta de "
                "miedo, despavorid*, paralizado de miedo, paralizada de miedo, petrificad*, pavor, pide auxilio, "
                "espanto, aterrador*",
            1.0: "tiemblan, temblar, tiemblo, ayúdenme, ayúdame, ayuda, no se atreve, temblores, le castañetean, late "
                "muy, me persigue, le persigue, peligro, oscuridad, miedo, miedos, asustad*, asusta, temor, temeros*, "
                "teme, temo, atemorizad*, angustiad*, angustia, tiembla, temblando, tembloros*, alarmad*, amedrentad*, "
                "amenazad*, intimidad*, socorro, auxilio, pesadilla, en peligro, escalofríos, se esconde de, susto, "
                "huye, acobardad*",
            0.65: "preocupad*, preocupación, preocupa, ansios*, ansiedad, nervios*, nervios, inquiet*, inquietud, "
                "tens*, insegur*, tímid*, estresad*, intranquil*, incómod*, recelos*",
        },
        "happy": {
            1.25: "eufóric*, euforia, extasiad*, loco de alegría, loca de alegría, encantad*, entusiasmad*, "
                "entusiasmo, radiante de felicidad, rebosa* de alegría, salta de alegría, eufórico, emocionad* y "
                "feliz, se parte de risa, muerto de risa, muerta de risa, carcajadas, carcajada, en las nubes, séptimo "
                "cielo, desborda alegría, exultante*, jubilos*, júbilo, no cabe en sí de, rebosante*",
            1.0: "más feliz, mejor día, día más bonito, río de, sonrío, ríen, sonríen, baila, canta de, buena noticia, "
                "buenas noticias, aprobado, boda, vacaciones, bravo, genial, estupend*, fantástic*, salta de, feliz, "
                "felices, felicidad, felizmente, alegre*, alegría, alegremente, se alegra, me alegro, me alegra, "
                "contento*, contenta*, dichos*, dicha, ríe, risa, risas, riendo, sonríe, sonrisa, sonriendo, "
                "sonriente*, sonreír, reír, radiante*, de buen humor, buen humor, hurra, viva, celebra, celebran, "
                "enamorad*, divertid*, gozos*, jovial*, hemos ganado, ha ganado, qué bien, qué bonito, felicidades, "
                "enhorabuena, maravillos*",
            0.65: "satisfech*, aliviad*, agradecid*, orgullos*, optimista*, amable*, amistos*, cariños*, esperanzad*, "
                "complacid*, ilusionad*",
        },
        "neutral": {
            0.0: "sin la menor emoción, ninguna emoción, tranquil*, calma, calmad*, neutral, neutralidad, neutro, "
                "neutra, seren*, sereno, impasible*, indiferente*, indiferencia, sin emoción*, sin ninguna emoción, "
                "inexpresiv*, relajad*, objetiv*, sobri*, sosegad*, normal*, sin expresión, seri*, imperturbable*, "
                "monóton*, compuesto",
        },
        "sad": {
            1.25: "desesperad*, desesperación, destrozad*, devastad*, desconsolad*, desolad*, corazón roto, corazón "
                "partido, rompe el corazón, parte el corazón, solloza, sollozos, sollozando, llora a mares, llora "
                "desconsolad*, rompe a llorar, hecho polvo, hecha polvo, hundid*, bañad* en lágrimas, deshech*, "
                "abatidísim*, en llanto",
            1.0: "voz rota, voz quebrada, se despide, tan sol*, muy sol*, sol* sin, completamente sol*, lloro, lloran, "
                "llora, murieron, fallecid*, falleció, fallecimiento, despedida, adiós para siempre, suspira, "
                "suspiros, nos dejó, abandonad*, triste, tristes, tristeza, tristemente, infeliz, infelices, "
                "desdichad*, pena, penas, apenad*, llora, lloran, llorando, llorar, llanto, lágrimas, lágrima, "
                "deprimid*, depresión, abatid*, afligid*, luto, sufre, sufrimiento, sol* en el mundo, soledad, dolor, "
                "doloros*, ha muerto, murió, duelo, miserable*, cabizbaj*, entristecid*, echa de menos, te extraño, la "
                "extraño, lo extraño, extraña a, perdido toda esperanza, funeral, entierro",
            0.7: "melancólic*, melancolía, decepcionad*, decepción, nostálgic*, nostalgia, desanimad*, desilusionad*, "
                "arrepentid*, lamenta, lo siento mucho, resignad*, desalentad*, decaíd*",
        },
        "surprised": {
            1.2: "atónit*, estupefact*, asombradísim*, boquiabiert*, conmocionad*, impactad*, sin palabras, sin habla, "
                "con la boca abierta, no da crédito, no doy crédito, de piedra, pasmad*, alucinad*, patidifus*, quedó "
                "helad*",
            1.0: "dios mío, ya estáis, ya están aquí, ya llegaron, tú aquí, qué me dices, estás de broma, no puede "
                "ser, jamás imaginé, nunca imaginé, nunca lo hubiera, de repente, en serio, quién lo iba, sin "
                "esperarlo, imposible, sorprendid*, sorpresa, sorprendente*, sorprende, asombrad*, asombro, asombros*, "
                "incrédul*, increíble*, inesperad*, maravillad*, no me lo puedo creer, no se lo puede creer, no puede "
                "creer*, no puedo creer*, no lo puedo creer, no lo esperaba, no se lo esperaba, no me lo esperaba, no "
                "esperaba, de verdad, madre mía, caramba, vaya sorpresa, no es posible, anonadad*, perplej*, quién lo "
                "diría, ojos como platos, apenas puede creer*, guau, desprevenid*, extrañad*, jamás lo habría "
                "imaginado",
            0.65: "confundid*, desconcertad*, descolocad*, sobresaltad*, sobresalto",
        },
    },
    degrees={
        0.3: "apenas, casi nada",
        0.45: "un toque de, una pizca de, un deje de, vagamente, un asomo de, un matiz de",
        0.5: "un poco, un poquito, ligeramente, levemente, algo, leve, ligera, ligero, suavemente",
        0.7: "más o menos, moderadamente, medianamente",
        0.9: "bastante",
        1.2: "muy, mucho, mucha, realmente, profundamente, tan, tanta, profunda, profundo, gran, fuertemente, lleno "
            "de, llena de, verdaderamente, demasiado",
        1.4: "que nunca, como nunca, extremadamente, totalmente, completamente, absolutamente, "
            "terriblemente, increíblemente feliz, muchísimo, muchísima, inmensamente, enormemente, sumamente, "
            "infinitamente, inmensa, inmenso, intensamente, tremendamente, súper, locamente, de lo más",
        1.15: "no puede ocultar, no puede esconder, no logra ocultar, apenas puede contener, apenas puede ocultar, no "
            "puede contener, no puede disimular, no consigue ocultar, incapaz de ocultar, no puede dejar de, no puede "
            "evitar, apenas logra contener, sin poder contener",
        0.6: "oculta su, esconde su, disimula, contiene su, intenta ocultar, trata de ocultar, reprime, intenta "
            "esconder, intenta disimular, aguanta la, aguanta las",
    },
    denials={"clause": "nunca, jamás, tampoco", "after": "no, ningún, ninguna, ninguno, sin, ni, nada de"},
    contrasts="porque, pero, sino, aunque, sin embargo, más bien, en cambio, luego, después, mientras",
    harmless="no solo, no sólo, sin duda, sin parar, sin cesar, sin falta, sin problema, vale la pena, merece la pena, "
        "a duras penas, no hay problema, viva en, algo de comer, de nada, fuera de servicio, un gran número",
    muscles=(
        ("ceño fruncido, frunce … ceño, cejas fruncidas, cejas juntas, frunciendo … ceño, cejas bajas, baja … cejas, "
            "frunce … cejas", {"4": 0.95}),
        ("cejas levantadas, cejas alzadas, levanta … cejas, cejas arqueadas, alza … cejas, cejas elevadas, arquea … "
            "cejas, cejas subidas",
         {"1": 0.8, "2": 0.9}),
        ("una ceja levantada, levanta una ceja, arquea una ceja, alza una ceja, una ceja "
            "arqueada", {"2R": 1.0, "1": 0.25}),
        ("ojos muy abiertos, abre mucho … ojos, ojos abiertos de par en par, abre … ojos de par en par, ojos "
            "desorbitados", {"5": 0.9}),
        ("ojos entrecerrados, entrecierra … ojos, entorna … ojos, ojos entornados, ojos achinados", {"7": 0.85}),
        ("nariz arrugada, arruga … nariz, arrugando … nariz, nariz fruncida, frunce … nariz", {"9": 0.9}),
        ("comisuras levantadas, comisuras hacia arriba, comisuras de los labios hacia arriba, comisuras elevadas, "
            "levanta … comisuras", {"12": 0.8}),
        ("comisuras caídas, comisuras hacia abajo, comisuras de los labios hacia abajo, comisuras de la boca hacia "
            "abajo, baja … comisuras",
         {"15": 0.85}),
        ("labios apretados, aprieta … labios, labios fruncidos, frunce … labios, apretando … labios", {"24": 0.8}),
        ("boca abierta, mandíbula caída, abre … boca, boca muy abierta", {"26": 0.8}),
        ("dientes apretados, aprieta … dientes, mandíbula apretada, aprieta … mandíbula, mandíbula "
            "tensa", {"23": 0.5, "29": 0.3}),
        ("ojos cerrados, cierra … ojos", {"43": 1.0}),
        ("mirada baja, baja … mirada, mira al suelo, ojos bajos, mirada hacia abajo", {"64": 0.55}),
        ("hace pucheros, pucheros, labios hacia fuera", {"17": 0.6, "18": 0.6}),
        ("labio superior levantado, levanta … labio superior, sube … labio superior", {"10": 0.8}),
    ),
)  # fmt: skip
"""Written for Style2Talker."""
