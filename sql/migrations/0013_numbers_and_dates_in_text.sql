-- migrate:up

create function hidra.number(given text, decimal_sign text) returns numeric
    language plpgsql immutable parallel safe as $$
declare
    digits text;
begin
    -- The usual texts first: the others take several times as long.
    if given ~ '^-?[0-9]{1,30}$' then
        return given::numeric;
    elsif given ~ '^-?[0-9]{1,30}[.,][0-9]{1,2}$' then
        return replace(given, ',', '.')::numeric;
    elsif given ~ '^(?:R\$ ?)?[1-9][0-9]{0,2}(?:[.][0-9]{3})*,[0-9]{2}$' then
        return translate(given, ',R$. ', '.')::numeric;
    elsif given is null or length(given) > 80 or given !~
        '^\s*\(?\s*[-+−]?\s*(?:R\$|US\$|U\$S|\$U|\$|€|£|¥|₲|S/|CHF|BRL|USD|EUR|ARS|MXN|CLP|COP|PEN)?\s*[-+−]?\s*'
        '[0-9](?:[0-9.,''’\u00a0\u202f ]*[0-9.,])?(?:[Ee][+-][0-9]{1,3})?\s*'
        '(?:%|R\$|US\$|\$|€|£|¥|CHF|BRL|USD|EUR)?\s*\)?\s*$'
        or (given ~ '^\s*\(') <> (given ~ '\)\s*$') or given ~ '^[^0-9]*[-+−][^0-9]*[-+−]'
    then
        return null;
    end if;
    digits := substring(given from '[0-9](?:[0-9.,''’\u00a0\u202f ]*[0-9.,])?');
    if digits ~ '^[1-9][0-9]{0,2}(?:[''’\u00a0\u202f ][0-9]{3})+(?:[.,][0-9]*)?$' then
        digits := replace(regexp_replace(digits, '[''’\u00a0\u202f ]', '', 'g'), ',', '.');
    elsif digits ~ '^[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]*$' then
        digits := replace(replace(digits, '.', ''), ',', '.');
    elsif digits ~ '^[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]*$' then
        digits := replace(digits, ',', '');
    elsif digits ~ '^[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}$' or digits ~ '^[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}$'
        or (digits ~ '^[1-9][0-9]{0,2}[.,][0-9]{3}$' and strpos(digits, decimal_sign) = 0)
    then
        digits := translate(digits, '.,', '');
    elsif digits ~ '^[0-9]+[.,]?[0-9]*$' then
        digits := replace(digits, ',', '.');
    else
        return null;
    end if;
    return (rtrim(digits, '.') || coalesce(substring(given from '[Ee][+-][0-9]{1,3}'), ''))::numeric
        * case when given ~ '^[^0-9]*[-−(]' then -1 else 1 end;
end
$$;
comment on function hidra.number is
    'The number that a text is: digits, with the signs of any country, a currency or a percent sign; 15% is 15. '
    'Only a single sign before three last digits, as in 1.234, depends on the country: it is a decimal sign if it is '
    'decimal_sign. Null for any other text.';

create function hidra.month(given text) returns integer language sql immutable parallel safe as $$
    select case
        when given in ('jan', 'janeiro', 'january', 'ene', 'enero') then 1
        when given in ('fev', 'fevereiro', 'feb', 'february', 'febrero') then 2
        when given in ('mar', 'marco', 'march', 'marzo') then 3
        when given in ('abr', 'abril', 'apr', 'april') then 4
        when given in ('mai', 'maio', 'may', 'mayo') then 5
        when given in ('jun', 'junho', 'june', 'junio') then 6
        when given in ('jul', 'julho', 'july', 'julio') then 7
        when given in ('ago', 'agosto', 'aug', 'august') then 8
        when given in ('set', 'setembro', 'sep', 'sept', 'september', 'septiembre') then 9
        when given in ('out', 'outubro', 'oct', 'october', 'octubre') then 10
        when given in ('nov', 'novembro', 'november', 'noviembre') then 11
        when given in ('dez', 'dezembro', 'dec', 'december', 'dic', 'diciembre') then 12
    end
$$;
comment on function hidra.month is
    'The number of a month by its Portuguese, English or Spanish name, short or long, in small letters without accents.';

create function hidra.instant(given text, month_first boolean) returns timestamptz
    language plpgsql stable parallel safe as $$
declare
    found text[];
    time_of_day constant text := '(?:(?:T|,? +)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?: *([AaPp])[Mm])?)?';
    year_text text;
    years integer;
    months integer;
    days integer;
    hours integer;
begin
    if given is null or length(given) not between 6 and 60 or given !~ '[0-9]' then
        return null;
    elsif given ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:|$)' then
        return hidra.instant(given);
    elsif given ~ '^[0-9]{2}/[0-9]{2}/[0-9]{4}$' then
        found := array[left(given, 2), '/', substr(given, 4, 2), right(given, 4)];
    elsif given !~ '[0-9] *$|[Mm] *$' then
        return null;
    end if;
    if found is null then
        found := regexp_match(given, '^ *([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})' || time_of_day || ' *$');
    end if;
    if length(found[1]) = 4 then
        year_text := found[1]; months := found[3]; days := found[4];
    else
        found := coalesce(found, regexp_match(
            given, '^ *([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})' || time_of_day || ' *$'
        ));
        if found is not null then
            year_text := found[4];
            if (month_first and found[1]::integer <= 12) or found[3]::integer > 12 then
                months := found[1]; days := found[3];
            else
                months := found[3]; days := found[1];
            end if;
        else
            found := regexp_match(
                hidra.fold(given),
                '^ *(?:[a-z-]{3,}, )?([0-9]{1,2})( de |[-/. ])([a-z]{3,})\2([0-9]{4}|[0-9]{2})' || time_of_day || ' *$'
            );
            if found is null then
                return null;
            end if;
            year_text := found[4]; months := hidra.month(found[3]); days := found[1];
        end if;
    end if;
    years := year_text::integer
        + case when length(year_text) > 2 then 0 when year_text < '50' then 2000 else 1900 end;
    hours := coalesce(found[5]::integer, 0);
    if found[8] is not null then
        if hours not between 1 and 12 then
            return null;
        end if;
        hours := hours % 12 + case when lower(found[8]) = 'p' then 12 else 0 end;
    end if;
    if months is null or months not between 1 and 12 or days < 1 or years < 1000
        or (days > 28 and days > extract(day from make_date(years, months, 1) + interval '1 month' - interval '1 day'))
        or hours > 23 or found[6]::integer > 59 or found[7]::integer > 59
    then
        return null;
    end if;
    return make_timestamptz(years, months, days, hours, coalesce(found[6]::integer, 0), coalesce(found[7]::integer, 0));
end
$$;
comment on function hidra.instant(text, boolean) is
    'The time of a date, with or without a time of day, as countries write it: ISO 8601, 05/02/2026, 5/2/26 14:30, '
    '5-fev-26, 5 de fevereiro de 2026. Of two numbers that may both be the month, the first is it if month_first. '
    'Years of two digits are 1950 to 2049. Without a zone it is in the time zone of the session. Null for any other text.';

-- migrate:down
-- Migrations are forward only: a later migration corrects an earlier one.
